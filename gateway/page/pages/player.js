// A player: ratings, the course of the games, and, for oneself, what can be changed.

import { button, h, put } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { day, number, t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { store } from "../lib/store.js";
import { course } from "../parts/chart.js";
import { gameTitle } from "../parts/options.js";
import { sessionItem } from "../parts/sessions.js";
import { accountForms } from "../parts/account.js";

export class PlayerPage extends HTMLElement {
  #next = null;
  #played = [];

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

  #show(account) {
    this.login = account.login;
    const own = account.login === store.login;
    const named = account.display_name !== account.login;
    this.games = h("ul", { class: "list" });
    this.more = button(t("more"), () => this.#load(), { hidden: true });
    this.course = h("div");
    const played = Object.entries(account.ratings).filter(([, { games }]) => games > 0);
    put(this,
      h("h1", {}, account.display_name, named ? h("span", { class: "quiet login" }, ` ${account.login}`) : ""),
      h("p", { class: "quiet" }, t("player.since", { day: day(account.created_at) })),
      account.bio ? h("p", { class: "bio" }, account.bio) : null,
      h("section", { class: "card" }, h("h2", {}, t("player.ratings")),
        played.length ? h("ul", { class: "ratings" }, played.map(rating)) : h("p", { class: "quiet" }, t("player.unrated")), this.course),
      h("section", { class: "card" }, h("h2", {}, t("player.games")), this.games, this.more),
      ...(own ? accountForms(account, () => this.connectedCallback()) : []));
    this.#load();
  }

  async #load() {
    try {
      const page = await store.rpc.call("sessions.list", { login: this.login, limit: 50, ...(this.#next ? { after: this.#next } : {}) });
      this.#next = page.next;
      this.more.hidden = !page.next;
      this.#played.push(...page.items);
      this.games.append(...page.items.map((each) => sessionItem(each, { of: this.login })));
      if (this.#played.length === 0) {
        this.games.append(h("li", { class: "quiet" }, t("player.noGames")));
      }
      this.#showCourse();
    } catch (error) {
      notice(words(error), { kind: "bad" });
    }
  }

  // From all the games that the list has shown so far, oldest first: a point up for each that was won.
  #showCourse() {
    const scores = this.#played.map(({ result }) => result?.by_player[this.login]).filter((score) => score !== undefined).reverse();
    if (scores.length > 1) {
      let sum = 0;
      const values = [0, ...scores.map((score) => (sum += score * 2 - 1))];
      this.course.replaceChildren(course(values, t("player.course", { count: scores.length })));
    }
  }
}

customElements.define("player-page", PlayerPage);

function rating([game, { rating: value, deviation, games, wins, draws, losses }]) {
  return h("li", {}, h("span", { class: "quiet" }, gameTitle(game)),
    h("strong", {}, number(value), h("small", {}, ` ±${number(deviation * 2)}`)),
    h("span", {}, t("player.score", { count: games, wins, draws, losses })));
}
