// The player's own games that go on, those first in which it is the player's turn; of these, those first that have the least time.

import { arrange, h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { store } from "../lib/store.js";
import { sessionItem, showTime } from "./sessions.js";

export class CurrentGames {
  /** @type {Map<string, { says: string, element: HTMLElement }>} by id: the element, and what it shows */
  #drawn = new Map();

  constructor() {
    this.list = h("ul", { class: "list" });
    this.element = h("section", { class: "card current", hidden: true, "aria-label": t("games.ongoing") }, h("h2", {}, t("games.ongoing")), this.list);
  }

  /** @param {Protocol.SessionSummary[]} games */
  show(games) {
    const sorted = [...games].sort((one, other) => Number(isMine(other)) - Number(isMine(one)) || flagFalls(one) - flagFalls(other));
    this.#drawn = new Map(sorted.map((game) => [game.session_id, this.#item(game)]));
    arrange(this.list, [...this.#drawn.values()].map(({ element }) => element));
    sorted.forEach((game) => showTime(this.#drawn.get(game.session_id)?.element, game));
    this.element.hidden = games.length === 0;
  }

  // An element that has not changed stays, and so does the focus.
  /** @param {Protocol.SessionSummary} game */
  #item(game) {
    const says = JSON.stringify(game);
    const known = this.#drawn.get(game.session_id);
    return known?.says === says ? known : { says, element: sessionItem(game, { of: store.login }) };
  }
}

/** @param {Protocol.SessionSummary} game */
const isMine = ({ to_move: logins }) => logins.includes(store.login ?? "");

/** Returns when the first flag falls, in milliseconds. A game without days for a move is more urgent than others. @param {Protocol.SessionSummary} game */
const flagFalls = ({ deadlines }) => (deadlines ? Math.min(...Object.values(deadlines).map(({ main }) => Date.parse(main))) : 0);
