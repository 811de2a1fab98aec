// The link to a private room: a player joins by one press, and so does a guest who is made for it.

import { h, link, put } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { go } from "../lib/router.js";
import { store } from "../lib/store.js";
import { guestButton, guestHint } from "../parts/guest.js";
import { keyForm } from "../parts/room_key.js";
import "../parts/login_form.js";

// Whether to join as soon as the page is shown again, with a player.
let isJoining = false;

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
      const join = guestButton(t("join.guest"), { before: () => { isJoining = true; }, failed: () => { isJoining = false; } });
      this.replaceChildren(invited, h("p", { class: "lead" }, t("join.lead")),
        h("div", { class: "as-guest" }, join, h("p", { class: "hint" }, t("entry.guestHint"))),
        h("p", { class: "or" }, t("entry.or")), h("entry-form", { "data-guest": "no" }));
      return;
    }
    const { element, button } = keyForm({
      key: this.key, main: true, waits: () => this.#wait(), knows: () => go("lobby"),
    });
    put(this, invited, h("p", { class: "lead" }, t("join.lead")), h("div", { class: "card" }, element), guestHint());
    button.focus();
    if (isJoining) {
      isJoining = false;
      element.requestSubmit();
    }
  }

  #wait() {
    this.replaceChildren(h("h1", {}, t("join.room")), h("p", { class: "lead", role: "status" }, t("join.waiting")),
      link(t("toLobby"), "#/", { class: "button main" }));
  }
}

customElements.define("join-page", JoinPage);
