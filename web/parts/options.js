// The choice of a game, a clock, the options of the game itself, and whether it is rated.

import { h } from "../lib/dom.js";
import { fetchDrawing } from "../lib/drawings.js";
import { current, t, title } from "../lib/i18n.js";
import * as settings from "../lib/settings.js";
import { store } from "../lib/store.js";
import { clockChoice } from "./clock_choice.js";

const MAIN_GAMES = ["dobutsu", "chess", "battleship"];

/**
 * Makes the choice: its element, and `chosen` that returns it. Ids of elements begin with the prefix.
 * A `casual` game is not rated; games for fewer than `seats` players are not offered.
 * @param {{ prefix?: string, game?: string, casual?: boolean, seats?: number }} preset
 */
export function options({ prefix = "", game: preset, casual = false, seats = 1 } = {}) {
  const wanted = settings.get("play", { game: mainGame(), clock: "", rated: true });
  const keep = () => settings.put("play", { game: game.value, clock: JSON.stringify(clock.value()), rated: rated.checked });
  const own = ownOptions(prefix);
  const game = gameSelect(`${prefix}game`, () => { keep(); own.show(game.value); }, seats);
  const clock = clockChoice(prefix, wanted.clock, keep);
  const rated = h("input", { type: "checkbox", id: `${prefix}rated`, checked: wanted.rated, on: { change: keep } });
  const first = preset ?? wanted.game;
  if ([...game.options].some(({ value }) => value === first)) {
    game.value = first;
  }
  own.show(game.value);
  return {
    element: h("div", { class: "options" },
      h("div", { class: "field" }, h("label", { for: `${prefix}game` }, t("options.game")), game),
      clock.elements,
      own.element,
      store.guest ? h("p", { class: "hint" }, t("options.guest"))
        : casual ? null : h("div", { class: "check" }, rated, h("label", { for: `${prefix}rated` }, t("options.rated")))),
    game,
    chosen: () => ({ game: game.value, options: { ...own.value(), clock: clock.value(), rated: rated.checked && !store.guest && !casual } }),
  };
}

/** Makes the form for the options of a game itself. @param {string} prefix */
function ownOptions(prefix) {
  /** @type {import("./schema_form.js").Field | null} */
  let form = null;
  const remembered = () => settings.get("ownOptions", {});
  const keep = () => settings.put("ownOptions", { ...remembered(), [element.dataset.game ?? ""]: form?.value() });
  const element = h("div", { class: "own-options", on: { change: keep } });
  const show = async (/** @type {string} */ name) => {
    const schema = store.game(name)?.options;
    form = null;
    element.replaceChildren();
    element.dataset.game = name;
    const [module, { word }] = await Promise.all([schema && import("./schema_form.js").catch(() => null), fetchDrawing(name)]);
    if (schema && module && element.dataset.game === name) {
      form = module.schemaForm(schema, { prefix: `${prefix}option-`, word, values: [remembered()[name]] });
      element.replaceChildren(form.element);
    }
  };
  return { element, show, value: () => form?.value() ?? {} };
}

/** Makes the choice of how many play, where the game leaves it open. @param {HTMLSelectElement} game the choice of the game */
export function seatsChoice(game) {
  const select = h("select", { id: "seats", on: { change: () => settings.put("seats", select.value) } });
  const element = h("div", { class: "field" }, h("label", { for: select.id }, t("options.seats")), select);
  const show = () => {
    const { min_players: min = 2, max_players: max = 2 } = store.game(game.value) ?? {};
    element.hidden = min === max;
    select.replaceChildren(...Array.from({ length: max - min + 1 }, (_, index) => h("option", { value: min + index }, String(min + index))));
    const wanted = settings.get("seats");
    select.selectedIndex = Math.max([...select.options].findIndex(({ value }) => value === wanted), 0);
  };
  game.addEventListener("change", show);
  show();
  return { element, seats: () => Number(select.value) };
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
 * @param {number} seats games for fewer are left out
 */
export function gameSelect(id, change, seats = 1) {
  const option = (/** @type {{ name: string, title: string }} */ { name, title }) => h("option", { value: name }, title);
  const games = store.games.filter(({ max_players: most }) => most >= seats).map(({ name }) => ({ name, title: gameTitle(name) }));
  const rank = (/** @type {{ name: string }} */ { name }) => MAIN_GAMES.indexOf(name);
  const first = games.filter((game) => rank(game) >= 0).sort((one, other) => rank(one) - rank(other));
  const others = games.filter((game) => rank(game) < 0).sort((one, other) => one.title.localeCompare(other.title));
  return h("select", { id, on: { change } }, first.map(option),
    others.length ? h("optgroup", { label: t("options.otherGames") }, others.map(option)) : null);
}

/** @param {string} name */
export function gameTitle(name) {
  return title(name) ?? store.game(name)?.titles?.[current()] ?? store.title(name);
}
