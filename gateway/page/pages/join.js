// A link to a private room: who follows it plays, once it is known who that is.

import { h, link } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { t } from "../lib/i18n.js";
import { go } from "../lib/router.js";
import { store } from "../lib/store.js";
import "../parts/entry.js";

export class JoinPage extends HTMLElement {
  constructor(key) {
    super();
    this.key = key;
  }

  connectedCallback() {
    this.className = "join";
    if (store.login) {
      this.#join();
    } else {
      this.replaceChildren(h("h1", {}, t("join.invited")), h("p", { class: "lead" }, t("join.enter")), h("entry-form"));
    }
  }

  async #join() {
    this.replaceChildren(h("h1", {}, t("join.joining")), h("p", { class: "loading", role: "status" }, t("loading")));
    try {
      const room = await store.rpc.call("private_rooms.join", { connection_key: this.key });
      if (room.session_id) {
        go("game", room.session_id);
      } else {
        this.#tell(t("join.waiting"));
      }
    } catch (error) {
      if (error.type === "AlreadyInRoom") {
        go("lobby");
      } else {
        this.#tell(words(error));
      }
    }
  }

  #tell(text) {
    this.replaceChildren(h("h1", {}, t("join.room")), h("p", { class: "lead", role: "status" }, text), link(t("toLobby"), "#/", { class: "button main" }));
  }
}

customElements.define("join-page", JoinPage);
