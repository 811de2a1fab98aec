// The first page: find an opponent, or see who is here.

import { button, h, put } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { go } from "../lib/router.js";
import { store } from "../lib/store.js";
import { field } from "../parts/entry.js";
import { options } from "../parts/options.js";
import { drawPiece } from "../parts/piece.js";
import { attempt, ownRoom, roomItem } from "../parts/rooms.js";
import { sessionItem } from "../parts/sessions.js";
import "../parts/search.js";

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
    this.rooms = h("ul", { class: "list" });
    this.live = h("ul", { class: "list" });
    this.waiting = h("div");
    this.current = h("div");
    put(this, store.login ? this.#welcome() : this.#stranger(), h("div", { class: "columns" },
      store.login ? this.#section(t("lobby.rooms"), this.rooms) : null,
      this.#section(t("lobby.live"), this.live)));
    store.rpc.addEventListener("notification", this.#hear);
    store.rpc.addEventListener("ready", this.#look);
    this.#timer = setInterval(() => document.hidden || this.#look(), LOOKS_EVERY);
    this.#look();
    if (this.order === "search" && store.login) {
      history.replaceState(null, "", "#/");
      this.search.begin();
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
    this.search = h("search-panel");
    this.search.chosen = chosen.chosen;
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
        h("section", { class: "card find", "aria-label": t("lobby.play") }, this.search, chosen.element),
        h("section", { class: "card friend", "aria-label": t("lobby.friend") }, h("h2", {}, t("lobby.friend")),
          h("div", { class: "row" }, button(t("room.createPrivate"), create("private_rooms.create")), button(t("room.create"), create("rooms.create"))),
          this.#byKey())),
      this.waiting);
  }

  #byKey() {
    const key = field("key", { autocomplete: "off", autocapitalize: "characters", spellcheck: "false" });
    const join = async (event) => {
      event.preventDefault();
      const text = key.input.value.trim().split("/").at(-1);
      key.complain(text ? "" : t("room.keyMissing"));
      if (!text) {
        return;
      }
      try {
        const room = await store.rpc.call("private_rooms.join", { connection_key: text });
        if (room.session_id) {
          go("game", room.session_id);
        }
      } catch (error) {
        key.complain(words(error));
      }
    };
    return h("form", { class: "by-key", on: { submit: join } }, key.element, h("button", { type: "submit" }, t("room.join")));
  }

  #section(title, list) {
    return h("section", { class: "card" }, h("h2", {}, title), list);
  }

  #look = async () => {
    const ask = (method, params) => store.rpc.call(method, params).then(({ items }) => items).catch(() => null);
    const [rooms, live, current] = await Promise.all([
      store.login ? ask("rooms.list", { limit: 20 }) : [],
      ask("sessions.list", { status: "active", limit: 12 }),
      store.login ? ask("sessions.list", { status: "active", login: store.login, limit: 3 }) : [],
    ]);
    if (!this.isConnected || !rooms || !live || !current) {
      return;
    }
    rooms.filter((room) => room.players.includes(store.login)).forEach((room) => this.#own.set(room.room_id, room));
    this.#redraw("rooms", this.rooms, rooms.filter((room) => !room.players.includes(store.login)), roomItem, t("lobby.noRooms"));
    this.#redraw("live", this.live, live.filter(({ players }) => !players.includes(store.login)), (each) => sessionItem(each), t("lobby.noLive"));
    const games = current.map((each) => sessionItem(each, { of: store.login }));
    if (JSON.stringify(current) !== this.#shown.current) {
      this.#shown.current = JSON.stringify(current);
      this.current.replaceChildren(...(games.length ? [h("section", { class: "card current" }, h("h2", {}, t("lobby.current")), h("ul", { class: "list" }, games))] : []));
    }
    this.#restore();
    this.#showOwn();
  };

  // Only where something has changed: what has the focus stays as it is.
  #redraw(name, list, items, draw, nothing) {
    const key = JSON.stringify(items);
    if (key !== this.#shown[name]) {
      this.#shown[name] = key;
      list.replaceChildren(...(items.length ? items.map(draw) : [h("li", { class: "quiet" }, nothing)]));
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

