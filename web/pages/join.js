// The link to a private room: a player joins by one press, after logging in.

import { h, link } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { go } from "../lib/router.js";
import { store } from "../lib/store.js";
import { keyForm } from "../parts/room_key.js";
import "../parts/login_form.js";

export class JoinPage extends HTMLElement {
  /** @param {string} key */
  constructor(key = "") {
    super();
    this.key = key;
  }

  connectedCallback() {
    this.className = "join";
    const invited = h("h1", {}, t("join.invited"));
    if (!store.login) {
      this.replaceChildren(invited, h("p", { class: "lead" }, t("join.enter")), h("entry-form"));
      return;
    }
    const { element, button } = keyForm({
      key: this.key, main: true, waits: () => this.#wait(), knows: () => go("lobby"),
    });
    this.replaceChildren(invited, h("p", { class: "lead" }, t("join.lead")), h("div", { class: "card" }, element));
    button.focus();
  }

  #wait() {
    this.replaceChildren(h("h1", {}, t("join.room")), h("p", { class: "lead", role: "status" }, t("join.waiting")),
      link(t("toLobby"), "#/", { class: "button main" }));
  }
}

customElements.define("join-page", JoinPage);
