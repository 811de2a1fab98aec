// The best players of a game, at each speed.

import { button, h, link } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { number, t } from "../lib/i18n.js";
import { address, go } from "../lib/router.js";
import { SPEEDS, speedWords } from "../lib/speeds.js";
import { store } from "../lib/store.js";
import { gameSelect, mainGame } from "../parts/options.js";

export class LeaderboardPage extends HTMLElement {
  /** @type {string | null} */
  #next = null;
  #rank = 0;
  /** @type {HTMLElement} */
  rows;
  /** @type {HTMLElement} */
  said;
  /** @type {HTMLButtonElement} */
  more;
  /** @type {HTMLElement} */
  table;

  /** @param {string} [game] @param {string} [speed] */
  constructor(game, speed) {
    super();
    this.game = game ?? mainGame();
    this.speed = SPEEDS.find((each) => each === speed) ?? "classical";
  }

  connectedCallback() {
    this.className = "leaderboard";
    const show = () => go("leaderboard", game.value, speed.value);
    const game = gameSelect("leaders-of", show);
    const speed = h("select", { id: "leaders-at", on: { change: show } }, SPEEDS.map((each) => h("option", { value: each }, speedWords(each))));
    game.value = this.game;
    speed.value = this.speed;
    this.rows = h("tbody");
    this.said = h("p", { role: "status" }, t("loading"));
    this.more = button(t("more"), () => this.#load(), { class: "more", hidden: true });
    this.table = h("table", { hidden: true },
      h("thead", {}, h("tr", {}, ["rank", "player", "rating", "games"].map((name) => h("th", { scope: "col", class: name }, t(`leaders.${name}`))))),
      this.rows);
    this.replaceChildren(h("h1", {}, t("leaders.title")),
      h("div", { class: "options" },
        h("div", { class: "field" }, h("label", { for: "leaders-of" }, t("options.game")), game),
        h("div", { class: "field" }, h("label", { for: "leaders-at" }, t("options.speed")), speed)),
      h("section", { class: "card" }, this.said, this.table, this.more));
    this.#load();
  }

  async #load() {
    try {
      const page = await store.rpc.call("accounts.leaderboard", { game: this.game, speed: this.speed, ...(this.#next ? { after: this.#next } : {}) });
      this.#next = page.next;
      this.rows.append(...page.items.map((each) => this.#row(each)));
      this.more.hidden = !page.next;
      this.table.hidden = this.#rank === 0;
      this.said.textContent = this.#rank ? "" : t("leaders.nobody");
      this.said.hidden = this.#rank > 0;
    } catch (error) {
      this.said.textContent = words(error);
    }
  }

  /** @param {Protocol.Ranked} player */
  #row({ login, display_name: name, rating, deviation, games, provisional, places }) {
    this.#rank += 1;
    return h("tr", { class: login === store.login ? "own" : "" },
      h("td", { class: "rank" }, this.#rank),
      h("td", { class: "player" }, link(h("bdi", {}, name), address("player", login)), name === login ? "" : h("span", { class: "quiet" }, ` ${login}`)),
      h("td", { class: "rating" }, number(rating), provisional ? h("abbr", { title: t("rating.provisional") }, "?") : "", h("span", { class: "quiet" }, ` ±${number(deviation * 2)}`)),
      h("td", { class: "games" }, number(games), averagePlace(places)));
  }
}

/** Shows the average place in games for many, if there are any. @param {Record<string, number>} [places] */
function averagePlace(places = {}) {
  const all = Object.entries(places);
  const games = all.reduce((sum, [, times]) => sum + times, 0);
  const sum = all.reduce((total, [place, times]) => total + Number(place) * times, 0);
  return games ? h("span", { class: "quiet" }, ` · ${t("leaders.place", { place: number(sum / games, 1) })}`) : "";
}

customElements.define("leaderboard-page", LeaderboardPage);
