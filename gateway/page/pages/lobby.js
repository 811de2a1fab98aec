// The first page: find an opponent, or see who is here.

import { button, h, put } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { store } from "../lib/store.js";
import { matches } from "../games/matches.js";
import { keyForm } from "../parts/key.js";
import { LiveList } from "../parts/live.js";
import { options } from "../parts/options.js";
import { drawPiece } from "../parts/piece.js";
import { attempt, ownRoom, roomItem } from "../parts/rooms.js";
import { searchPanel } from "../parts/search.js";
import { sessionItem } from "../parts/sessions.js";
import "../parts/entry.js";

const LOOKS_EVERY = 3000;
const KEYS = "arbiter.rooms";
const SHOWN = ["chick", "giraffe", "lion", "elephant", "hen"];

export class LobbyPage extends HTMLElement {
  #own = new Map();
  #timer = null;
  #shown = {};

  constructor(order = null) {
    super();
    this.order = order; // "search": begin at once
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
    this.waiting = h("div");
    this.current = h("div");
    put(this, store.login ? this.#welcome() : this.#stranger(), h("div", { class: "columns" },
      store.login ? this.rooms.element : null, this.live.element));
    store.rpc.addEventListener("notification", this.#hear);
    store.rpc.addEventListener("ready", this.#look);
    this.#timer = setInterval(() => document.hidden || this.#look(), LOOKS_EVERY);
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
        h("div", { class: "parade", "aria-hidden": true }, SHOWN.map((piece, index) => drawPiece({ piece, side: index % 2 }, { style: "tiles" })))),
      h("entry-form"));
  }

  #welcome() {
    const chosen = options();
    searchPanel.chosen = chosen.chosen;
    const create = (method) => async () => {
      const room = await attempt(() => store.rpc.call(method, chosen.chosen()));
      if (room) {
        this.#keep(room);
      }
    };
    return h("div", { class: "welcome" },
      h("h1", {}, t("lobby.welcome", { player: store.login })),
      this.current,
      h("div", { class: "start" },
        h("section", { class: "card find", "aria-label": t("lobby.play") }, searchPanel, chosen.element),
        h("section", { class: "card friend", "aria-label": t("lobby.friend") }, h("h2", {}, t("lobby.friend")),
          h("div", { class: "row" }, button(t("room.createPrivate"), create("private_rooms.create")), button(t("room.create"), create("rooms.create"))),
          keyForm({ waits: (room) => this.#keep(room) }).element)),
      this.waiting);
  }

  #look = async () => {
    const [rooms, , games] = await Promise.all([
      store.login ? this.rooms.look() : [],
      this.live.look(),
      store.login ? store.rpc.call("sessions.list", { status: "active", login: store.login, limit: 3 }).catch(() => null) : null,
    ]);
    if (!this.isConnected) {
      return;
    }
    rooms?.filter(isOwn).forEach((room) => this.#own.set(room.room_id, room));
    if (games) {
      this.#showCurrent(games.items.filter(({ session_id: id }) => !matches.get(id)));
    }
    this.#restore();
    this.#showOwn();
  };

  #showCurrent(games) {
    const key = JSON.stringify(games);
    if (key !== this.#shown.current) {
      this.#shown.current = key;
      const items = games.map((each) => sessionItem(each, { of: store.login }));
      this.current.replaceChildren(...(items.length ? [h("section", { class: "card current" }, h("h2", {}, t("lobby.current")), h("ul", { class: "list" }, items))] : []));
    }
  }

  // A private room is in no list: this tab remembers it through a reload.
  #restore() {
    for (const id of remembered()) {
      if (!this.#own.has(id)) {
        this.#own.set(id, null);
        store.rpc.call("rooms.get", { room_id: id }).then((room) => this.#keep(room)).catch(() => this.#forget(id));
      }
    }
  }

  #keep(room) {
    if (room.status !== "open") {
      this.#forget(room.room_id);
      return;
    }
    this.#own.set(room.room_id, room);
    if (room.connection_key) {
      remember([...new Set([...remembered(), room.room_id])]);
    }
    this.#showOwn();
  }

  #forget(id) {
    this.#own.delete(id);
    remember(remembered().filter((each) => each !== id));
    this.#showOwn();
  }

  #showOwn() {
    const rooms = [...this.#own.values()].filter(Boolean);
    const key = JSON.stringify(rooms);
    if (store.login && key !== this.#shown.own) {
      this.#shown.own = key;
      this.waiting.replaceChildren(...rooms.map((room) => ownRoom(room, () => this.#forget(room.room_id))));
    }
  }

  #hear = ({ detail: { method, params } }) => {
    const [kind, event] = method.split(".");
    if (kind === "room" || kind === "private_room") {
      if (event === "closed" && this.#own.has(params.room.room_id)) {
        this.#forget(params.room.room_id);
        notice(t("room.closed"));
      } else {
        this.#keep(params.room);
      }
    }
  };
}

customElements.define("lobby-page", LobbyPage);

const isOwn = ({ players }) => players.includes(store.login);

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEYS)) ?? [];
  } catch {
    return [];
  }
}

function remember(ids) {
  try {
    sessionStorage.setItem(KEYS, JSON.stringify(ids));
  } catch {
    // storage is switched off
  }
}

