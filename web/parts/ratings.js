// A player's ratings, and the history of one of them: drawn, in words, and as a table.

import { button, h, link, put, set, svg } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { date, number, t } from "../lib/i18n.js";
import { address } from "../lib/router.js";
import { speedWords } from "../lib/speeds.js";
import { store } from "../lib/store.js";
import { gameTitle } from "./options.js";

const MAX_GAMES = 100;
const LEVEL_STEPS = [10, 20, 50, 100, 200, 500, 1000];
const MAX_LEVELS = 4;

/** @typedef {{ game: string, rating: Protocol.Rating }} Played */

export class PlayerRatings extends HTMLElement {
  /** @type {Map<Played, HTMLButtonElement>} */
  #buttons = new Map();
  /** @type {HTMLElement} */
  course;

  /** Shows the game and speed played most first. @param {Protocol.Account} account */
  show({ login, ratings_by_speed: ratings = {} }) {
    this.className = "player-ratings";
    this.login = login;
    const played = Object.entries(ratings).flatMap(([game, speeds]) => Object.values(speeds).map((rating) => ({ game, rating })))
      .sort((one, other) => other.rating.games - one.rating.games);
    if (played.length === 0) {
      this.replaceChildren(h("p", { class: "quiet" }, t("player.unrated")));
      return;
    }
    this.course = h("div", { class: "course" });
    this.replaceChildren(h("ul", { class: "ratings" }, played.map((each) => this.#rating(each))), this.course);
    this.#draw(played[0]);
  }

  /** @param {Played} played */
  #rating(played) {
    const { rating, deviation, games, wins, draws, losses, places = {} } = played.rating;
    const one = button([
      h("span", { class: "quiet" }, title(played)),
      h("strong", {}, number(rating), " ", deviationWords(deviation)),
      h("span", { class: "score" }, t("player.score", { count: games, wins, draws, losses })),
      Object.keys(places).length ? h("span", { class: "score" }, placesWords(places)) : "",
    ], () => this.#draw(played));
    this.#buttons.set(played, one);
    return h("li", {}, one);
  }

  /** @param {Played} played */
  async #draw(played) {
    this.#buttons.forEach((each, other) => set(each, { "aria-pressed": String(other === played) }));
    this.drawn = played;
    const { game, rating: { speed } } = played;
    try {
      const { items } = await store.rpc.call("accounts.rating_history", { login: this.login, game, speed, limit: MAX_GAMES });
      if (this.drawn === played) {
        const changes = items.reverse();
        put(this.course, h("h3", {}, title(played)), changes.length < 2 ? h("p", { class: "quiet" }, t("rating.tooFew")) : [chart(changes), table(changes)]);
      }
    } catch (error) {
      put(this.course, h("p", { class: "error", role: "alert" }, words(error)));
    }
  }
}

customElements.define("player-ratings", PlayerRatings);

/** Names a game and its speed. @param {Played} played */
function title({ game, rating: { speed } }) {
  return speed ? t("rating.of", { game: gameTitle(game), speed: speedWords(speed) }) : gameTitle(game);
}

/**
 * Draws a history. A pointer over the drawing shows the game nearest to it.
 * @param {Protocol.RatingChange[]} changes from the oldest to the newest
 */
function chart(changes) {
  const values = changes.map(({ rating }) => rating);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const lines = levels(lowest, highest);
  const x = (/** @type {number} */ index) => (index / (changes.length - 1)) * 100;
  const y = (/** @type {number} */ value) => ((lines[0] - value) / (lines[0] - lines[lines.length - 1])) * 100;
  const label = t("rating.course", {
    count: changes.length, first: number(values[0]), last: number(values[values.length - 1]), lowest: number(lowest), highest: number(highest),
  });
  const drawing = svg("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", role: "img", "aria-label": label },
    lines.map((level) => svg("line", { class: "axis", x1: 0, x2: 100, y1: y(level), y2: y(level) })),
    svg("polyline", { points: values.map((value, index) => `${x(index).toFixed(2)},${y(value).toFixed(2)}`).join(" ") }));
  const spot = h("span", { class: "spot", "aria-hidden": true });
  const plot = h("div", { class: "plot" }, drawing, spot);
  const said = h("p", { class: "said", "aria-hidden": true });
  const point = (/** @type {number} */ index) => {
    spot.style.left = `${x(index)}%`;
    spot.style.top = `${y(values[index])}%`;
    said.replaceChildren(date(changes[index].at), h("strong", {}, number(values[index]), " ", deviationWords(changes[index].deviation)));
  };
  const follow = (/** @type {PointerEvent} */ { clientX }) => {
    const { left, width } = plot.getBoundingClientRect();
    const index = Math.round(((clientX - left) / width) * (changes.length - 1));
    point(Math.min(Math.max(index, 0), changes.length - 1));
  };
  plot.addEventListener("pointermove", follow);
  plot.addEventListener("pointerdown", follow);
  plot.addEventListener("pointerleave", () => point(changes.length - 1));
  point(changes.length - 1);
  return h("figure", {}, said,
    h("div", { class: "scale", "aria-hidden": true }, lines.map((level) => h("span", {}, number(level)))), plot,
    h("figcaption", {}, label));
}

/**
 * Returns round ratings from above the highest to below the lowest, evenly spaced.
 * @param {number} lowest
 * @param {number} highest
 */
function levels(lowest, highest) {
  for (const step of LEVEL_STEPS) {
    const [low, high] = [Math.floor(lowest / step), Math.ceil(highest / step)];
    const top = Math.max(high, low + 1);
    if (top - low < MAX_LEVELS) {
      return Array.from({ length: top - low + 1 }, (_, index) => (top - index) * step);
    }
  }
  return [Math.ceil(highest), Math.floor(lowest)];
}

/** @param {Protocol.RatingChange[]} changes */
function table(changes) {
  const when = (/** @type {Protocol.RatingChange} */ { at, session_id: id }) => (id ? link(date(at), address("game", id)) : date(at));
  const rows = changes.toReversed().map((each) => h("tr", {},
    h("td", {}, when(each), each.place ? h("span", { class: "quiet" }, ` · ${t("rating.placeOf", { place: each.place, players: each.players })}`) : ""),
    h("td", { class: "rating" }, number(each.rating), " ", deviationWords(each.deviation))));
  return h("details", { class: "numbers" }, h("summary", {}, t("rating.table")),
    h("div", { class: "scrolled", tabindex: 0, role: "group", "aria-label": t("rating.table") }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("rating.when")), h("th", { scope: "col", class: "rating" }, t("leaders.rating")))),
      h("tbody", {}, rows))));
}

/** Says how often each place was taken in games for many. @param {Record<string, number>} places */
function placesWords(places) {
  const all = Object.entries(places).sort(([one], [other]) => Number(one) - Number(other));
  return t("rating.places", { places: all.map(([place, times]) => t("rating.place", { place, times })).join(", ") });
}

/** Shows within what a rating is right in 19 cases of 20. @param {number} deviation */
function deviationWords(deviation) {
  return h("small", {}, `±${number(deviation * 2)}`);
}
