// The choice of a game, a clock, and whether the game is rated.

import { h } from "../lib/dom.js";
import { current, t } from "../lib/i18n.js";
import * as settings from "../lib/settings.js";
import { store } from "../lib/store.js";
import titles from "../texts/titles.js";

const MAIN_GAMES = ["dobutsu", "chess", "battleship"];
const CLOCKS = ["", "180+2", "300+3", "600+0", "1800+20"];

/**
 * Makes the choice: its element, and `chosen` that returns it. Ids of elements begin with the prefix.
 * A `casual` game is not rated.
 * @param {{ prefix?: string, game?: string, casual?: boolean }} preset
 */
export function options({ prefix = "", game: preset, casual = false } = {}) {
  const wanted = settings.get("play", { game: mainGame(), clock: "", rated: true });
  const keep = () => settings.put("play", { game: game.value, clock: clock.value, rated: rated.checked });
  const game = gameSelect(`${prefix}game`, keep);
  const clock = h("select", { id: `${prefix}clock`, on: { change: keep } }, CLOCKS.map((each) => h("option", { value: each }, clockWords(clockOf(each)))));
  const rated = h("input", { type: "checkbox", id: `${prefix}rated`, checked: wanted.rated, on: { change: keep } });
  const first = preset ?? wanted.game;
  if (store.games.some(({ name }) => name === first)) {
    game.value = first;
  }
  clock.value = wanted.clock;
  return {
    element: h("div", { class: "options" },
      h("div", { class: "field" }, h("label", { for: `${prefix}game` }, t("options.game")), game),
      h("div", { class: "field" }, h("label", { for: `${prefix}clock` }, t("options.clock")), clock),
      store.guest ? h("p", { class: "hint" }, t("options.guest"))
        : casual ? null : h("div", { class: "check" }, rated, h("label", { for: `${prefix}rated` }, t("options.rated")))),
    chosen: () => ({ game: game.value, options: { clock: clockOf(clock.value), rated: rated.checked && !store.guest && !casual } }),
  };
}

/** Makes the choice of whether a game with a friend is rated, for which the friend needs an account. */
export function ratedWithFriend() {
  const keep = () => settings.put("ratedWithFriend", rated.checked);
  const rated = h("input", { type: "checkbox", id: "rated-friend", checked: settings.get("ratedWithFriend", false), on: { change: keep } });
  return {
    element: store.guest ? null : h("div", { class: "check" }, rated, h("label", { for: "rated-friend" }, t("options.ratedFriend"))),
    rated: () => rated.checked && !store.guest,
  };
}

export const mainGame = () => (store.games.find(({ name }) => name === MAIN_GAMES[0]) ?? store.games[0]).name;

/**
 * Makes a select of the games, with the best known first: a server may have a hundred others.
 * @param {string} id
 * @param {() => void} change
 */
export function gameSelect(id, change) {
  const option = (/** @type {{ name: string, title: string }} */ { name, title }) => h("option", { value: name }, title);
  const games = store.games.map(({ name }) => ({ name, title: gameTitle(name) }));
  const rank = (/** @type {{ name: string }} */ { name }) => MAIN_GAMES.indexOf(name);
  const first = games.filter((game) => rank(game) >= 0).sort((one, other) => rank(one) - rank(other));
  const others = games.filter((game) => rank(game) < 0).sort((one, other) => one.title.localeCompare(other.title));
  return h("select", { id, on: { change } }, first.map(option),
    others.length ? h("optgroup", { label: t("options.otherGames") }, others.map(option)) : null);
}

/** @param {string} name */
export function gameTitle(name) {
  const known = /** @type {Record<string, Record<string, string>>} */ (titles);
  return known[current()]?.[name] ?? store.title(name);
}

/** @param {{ initial: number, increment: number } | null | undefined} clock */
export function clockWords(clock) {
  if (!clock) {
    return t("clock.none");
  }
  const minutes = Math.round(clock.initial / 6) / 10;
  return t("clock.words", { minutes, seconds: clock.increment });
}

/** @param {string} text */
function clockOf(text) {
  const [initial, increment] = text.split("+").map(Number);
  return text ? { initial, increment } : null;
}
