// A player: ratings and their history, games, and for the player the account.

import { button, h, put } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { day, t } from "../lib/i18n.js";
import { kindMark } from "../lib/kinds.js";
import { notice } from "../lib/notices.js";
import { store } from "../lib/store.js";
import { bioOf, nameOf } from "../parts/bot_profiles.js";
import { blockedPlayers, relationRow } from "../parts/players.js";
import { sessionItem } from "../parts/sessions.js";
import { accountForms, claimForm } from "../parts/account.js";
import "../parts/ratings.js";

export class PlayerPage extends HTMLElement {
  /** @type {string | null} */
  #next = null;
  /** @type {HTMLElement} */
  games;
  /** @type {HTMLButtonElement} */
  more;

  /** @param {string} login */
  constructor(login) {
    super();
    this.login = login;
  }

  async connectedCallback() {
    this.className = "player";
    this.replaceChildren(h("p", { class: "loading" }, t("loading")));
    if (!store.login) {
      this.replaceChildren(h("h1", {}, this.login), h("p", { class: "lead" }, t("player.logIn")), h("entry-form"));
      return;
    }
    try {
      this.#show(await store.rpc.call("accounts.get", this.login ? { login: this.login } : {}));
    } catch (error) {
      this.replaceChildren(h("h1", {}, this.login), h("p", {}, words(error)));
    }
  }

  /** @param {Protocol.Account} account */
  #show(account) {
    this.login = account.login;
    const own = account.login === store.login;
    const named = account.display_name !== account.login;
    this.games = h("ul", { class: "list" });
    this.more = button(t("more"), () => this.#load(), { class: "more", hidden: true });
    const ratings = h("player-ratings");
    put(this,
      h("h1", {}, h("bdi", {}, nameOf(account)), named ? h("span", { class: "quiet login" }, ` ${account.login}`) : "", kindMark(account.kind)),
      h("p", { class: "quiet" }, t("player.since", { day: day(account.created_at) })),
      account.bio ? h("p", { class: "bio" }, bioOf(account)) : null,
      own && account.guest ? claimForm(account) : null,
      own ? null : relationRow(account),
      h("section", { class: "card", "aria-label": t("player.ratings") }, h("h2", {}, t("player.ratings")), ratings),
      h("section", { class: "card", "aria-label": t("player.games") }, h("h2", {}, t("player.games")), this.games, this.more),
      ...(own ? [blockedPlayers(), ...accountForms(account, () => this.connectedCallback())] : []));
    ratings.show(account);
    this.#load();
  }

  async #load() {
    try {
      const page = await store.rpc.call("sessions.list", { login: this.login, limit: 50, ...(this.#next ? { after: this.#next } : {}) });
      this.#next = page.next;
      this.more.hidden = !page.next;
      this.games.append(...page.items.map((each) => sessionItem(each, { of: this.login })));
      if (!this.games.hasChildNodes()) {
        this.games.append(h("li", { class: "quiet" }, t("player.noGames")));
      }
    } catch (error) {
      notice(words(error), { kind: "bad" });
    }
  }
}

customElements.define("player-page", PlayerPage);
