// The first page: a search for an opponent, rooms, and games to watch.

import { h, patientButton, put } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { poll } from "../lib/poll.js";
import { ownRooms as remembered } from "../lib/remembered.js";
import { store } from "../lib/store.js";
import { matches } from "../games/matches.js";
import { computerPanel } from "../parts/computer.js";
import { CurrentGames } from "../parts/current_games.js";
import { guestHint } from "../parts/guest.js";
import { openGame } from "../parts/open_game.js";
import { keyForm } from "../parts/room_key.js";
import { LiveList } from "../parts/live_list.js";
import { options, ratedWithFriend, seatsChoice } from "../parts/options.js";
import { drawPiece } from "../parts/piece.js";
import { playerLists } from "../parts/players.js";
import { attempt, copyLink, ownRoom, roomItem } from "../parts/rooms.js";
import { searchPanel } from "../parts/search.js";
import { sessionItem } from "../parts/sessions.js";
import "../parts/login_form.js";

const POLL_MS = 3000;
const PLAYERS_POLL_MS = 15000;
const MAX_CURRENT = 100; // of a player's own games
const PARADE = ["chick", "giraffe", "lion", "elephant", "hen"];

export class LobbyPage extends HTMLElement {
  /** @type {Map<string, Protocol.Room>} by id: the rooms that one waits in */
  #own = new Map();
  /** @type {Set<string>} */
  #leaving = new Set();
  /** @type {number | undefined} */
  #timer;
  #shown = ""; // the rooms that one waits in
  /** @type {LiveList<Protocol.Room>} */
  rooms;
  /** @type {LiveList<Protocol.SessionSummary>} */
  live;
  /** @type {ReturnType<typeof playerLists> | null} */
  players = null;
  #lookedAtPlayers = 0;
  /** @type {HTMLElement} */
  waiting;
  /** @type {CurrentGames} */
  current;

  /** @param {string | null} order "search" to begin a search at once */
  constructor(order = null) {
    super();
    this.order = order;
  }

  connectedCallback() {
    this.className = "lobby";
    this.rooms = new LiveList({
      title: t("lobby.rooms"), nothing: t("lobby.noRooms"), step: 20, id: "room_id", draw: roomItem,
      ask: (params) => store.rpc.call("rooms.list", params), shows: (room) => !isOwn(room),
    });
    this.live = new LiveList({
      title: t("lobby.live"), nothing: t("lobby.noLive"), step: 12, id: "session_id", draw: (each) => sessionItem(each),
      ask: (params) => store.rpc.call("sessions.list", { status: "active", ...params }), shows: (session) => !isOwn(session),
    });
    this.players = store.login ? playerLists() : null;
    this.waiting = h("div");
    this.current = new CurrentGames();
    put(this, store.login ? this.#welcome() : this.#stranger(), h("div", { class: "lists" },
      store.login ? this.rooms.element : null, this.live.element, ...(this.players?.elements ?? [])));
    store.rpc.addEventListener("notification", this.#hear);
    store.rpc.addEventListener("ready", this.#look);
    this.#timer = poll(this.#look, POLL_MS);
    this.#look();
    if (this.order === "search" && store.login) {
      history.replaceState(null, "", "#/");
      searchPanel.begin();
    }
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    store.rpc.removeEventListener("notification", this.#hear);
    store.rpc.removeEventListener("ready", this.#look);
  }

  #stranger() {
    return h("div", { class: "hero" },
      h("div", {}, h("h1", {}, t("lobby.title")), h("p", { class: "lead" }, t("lobby.lead")),
        h("div", { class: "parade", "aria-hidden": true }, PARADE.map((piece, index) => drawPiece({ piece, side: index % 2 }, { style: "tiles" })))),
      h("entry-form"));
  }

  #welcome() {
    const chosen = options();
    const many = seatsChoice(chosen.game);
    searchPanel.chosen = () => ({ ...chosen.chosen(), seats: Math.max(many.seats(), 2) }); // nobody searches to play alone
    computerPanel.chosen = () => ({ ...chosen.chosen(), seats: many.seats() });
    const friendly = ratedWithFriend();
    const create = async (/** @type {"rooms.create" | "private_rooms.create"} */ method) => {
      const { game, options } = chosen.chosen();
      const rated = method === "private_rooms.create" ? friendly.rated() : options.rated;
      const room = await attempt(() => store.rpc.call(method, { game, seats: many.seats(), options: { ...options, rated } }));
      if (room) {
        this.#keep(room);
        this.waiting.lastElementChild?.scrollIntoView({ block: "nearest" });
      }
      return room;
    };
    searchPanel.openRoom = () => create("rooms.create");
    const challenge = async () => {
      const key = create("private_rooms.create").then((room) => (room && "connection_key" in room ? room.connection_key : Promise.reject(room)));
      await copyLink(key).catch(() => {}); // why there is no room has been said
    };
    const open = (/** @type {"rooms.create" | "private_rooms.create"} */ method) => async () => {
      await create(method);
    };
    return h("div", { class: "welcome" },
      h("h1", {}, t("lobby.welcome", { player: store.login })),
      this.current.element,
      h("div", { class: "start" },
        h("section", { class: "card find", "aria-label": t("lobby.play") }, searchPanel, chosen.element, many.element, computerPanel),
        h("section", { class: "card friend", "aria-label": t("lobby.friend") }, h("h2", {}, t("lobby.friend")),
          h("div", { class: "row" },
            patientButton(t("challenge.byLink"), challenge), patientButton(t("room.createPrivate"), open("private_rooms.create")),
            patientButton(t("room.create"), open("rooms.create"))),
          friendly.element,
          keyForm({ waits: (room) => this.#keep(room) }).element)),
      guestHint(),
      this.waiting);
  }

  #look = async () => {
    if (this.players && Date.now() - this.#lookedAtPlayers >= PLAYERS_POLL_MS) {
      this.#lookedAtPlayers = Date.now();
      this.players.look();
    }
    const [rooms, , games] = await Promise.all([
      store.login ? this.rooms.look() : [],
      this.live.look(),
      store.login ? store.rpc.call("sessions.list", { status: "active", login: store.login, limit: MAX_CURRENT }).catch(() => null) : null,
    ]);
    if (!this.isConnected) {
      return;
    }
    if (games) {
      this.current.show(games.items.filter(({ session_id: id }) => !matches.get(id)));
    }
    if (rooms) {
      this.#compare(new Set(rooms.filter(isOwn).map((room) => room.room_id)));
    }
  };

  // Rooms that are in no list are asked for one by one: private ones, old ones, or ones that closed unnoticed.
  /** @param {Set<string>} listed */
  #compare(listed) {
    for (const id of new Set([...remembered.ids, ...this.#own.keys(), ...listed])) {
      if (!listed.has(id) || !this.#own.has(id)) {
        this.#check(id);
      }
    }
  }

  /** @param {string} id */
  async #check(id) {
    try {
      const room = await store.rpc.call("rooms.get", { room_id: id });
      if (this.isConnected) {
        this.#keep(room);
      }
    } catch (error) {
      if (error.type === "RoomNotFound" && this.isConnected) {
        this.#end(id);
      }
    }
  }

  /** @param {Protocol.Room} room */
  #keep(room) {
    const { room_id: id, status, session_id: session } = room;
    if (status === "closed") {
      this.#end(id);
    } else if (status === "open" && isOwn(room)) {
      this.#own.set(id, room);
      remembered.ids = [...new Set([...remembered.ids, id])];
      this.#showOwn();
    } else {
      const waited = this.#own.has(id);
      this.#forget(id);
      if (waited && session) {
        openGame(session);
      }
    }
  }

  /** @param {string} id */
  #end(id) {
    const isNews = (this.#own.has(id) || remembered.ids.includes(id)) && !this.#leaving.has(id);
    this.#forget(id);
    if (isNews) {
      notice(t("room.closed"));
    }
  }

  /** @param {Protocol.Room & { connection_key?: string }} room */
  async #leave({ room_id: id, connection_key: key }) {
    this.#leaving.add(id);
    const leave = () => (key ? store.rpc.call("private_rooms.leave", { connection_key: key }) : store.rpc.call("rooms.leave", { room_id: id }));
    if (await attempt(leave)) {
      this.#forget(id);
    } else {
      this.#check(id);
    }
    this.#leaving.delete(id);
  }

  /** @param {string} id */
  #forget(id) {
    this.#own.delete(id);
    remembered.ids = remembered.ids.filter((each) => each !== id);
    this.#showOwn();
  }

  #showOwn() {
    const rooms = [...this.#own.values()];
    const key = JSON.stringify(rooms);
    if (store.login && key !== this.#shown) {
      this.#shown = key;
      this.waiting.replaceChildren(...rooms.map((room) => ownRoom(room, () => this.#leave(room))));
    }
  }

  #hear = (/** @type {Page.Events["notification"]} */ { detail: { method, params } }) => {
    if (/^(private_)?room\./.test(method) && !params.room.challenged) {
      this.#keep(params.room);
    }
  };
}

customElements.define("lobby-page", LobbyPage);

/** @param {{ players: string[] }} game */
const isOwn = ({ players }) => players.includes(store.login ?? "");
