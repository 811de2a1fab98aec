// The list of moves, to step through by buttons and arrow keys.
//
// Events: "view" {viewed}, how many moves are to be shown as made.

import { button, h, say, set } from "../lib/dom.js";
import { duration, t } from "../lib/i18n.js";
import { icon } from "../lib/icons.js";
import { numberedMove } from "../games/numbers.js";
import { inWords } from "../games/words.js";
import { timeChart } from "./chart.js";

export class MoveList extends HTMLElement {
  /** @type {number | null} */
  #current = null;
  /** @type {Page.MovesView} */
  view;
  /** @type {HTMLOListElement} */
  list;
  /** @type {HTMLButtonElement[]} */
  buttons;
  /** @type {HTMLElement} */
  chart;

  connectedCallback() {
    if (this.list) {
      return;
    }
    this.className = "moves";
    this.list = h("ol", { class: "list", "aria-label": t("moves.list"), tabindex: 0 });
    const step = (/** @type {"first" | "previous" | "next" | "last"} */ name, /** @type {() => number} */ target) => button(icon(name), () => this.#go(target()), { "aria-label": t(`moves.${name}`), class: "step" });
    this.buttons = [
      step("first", () => 0), step("previous", () => this.view.viewed - 1),
      step("next", () => this.view.viewed + 1), step("last", () => this.view.steps.length),
    ];
    this.chart = h("div");
    this.append(h("div", { class: "steps", role: "group", "aria-label": t("moves.steps") }, this.buttons), this.list, this.chart);
  }

  /** @param {Page.MovesView} view `viewed`: how many moves have been made in the position shown */
  show(view) {
    this.view = view;
    const { steps, viewed, players, opens, numbers } = view;
    const texts = steps.map((step, index) => stepTexts(step, numbers[index], view));
    while (this.list.children.length > steps.length) {
      this.list.lastElementChild?.remove();
    }
    steps.forEach((step, index) => this.#draw(step, index, { ...numbers[index], ...texts[index] }));
    this.list.classList.toggle("paired", numbers[0]?.paired ?? false);
    const items = /** @type {HTMLLIElement[]} */ ([...this.list.children]);
    items.forEach((item, index) => {
      const current = index + 1 === viewed;
      set(item.children[1], { "aria-current": current ? "step" : null });
      if (current && viewed !== this.#current) {
        this.list.scrollTop = item.offsetTop - this.list.clientHeight / 2;
      }
    });
    this.#current = viewed;
    const [first, previous, next, last] = this.buttons;
    const least = opens.has(0) ? 0 : 1;
    first.disabled = previous.disabled = viewed <= least;
    next.disabled = last.disabled = viewed >= steps.length;
    this.hidden = steps.length === 0;
    const timed = steps.map(({ login, left, seconds }, index) => ({ side: players.indexOf(login), text: texts[index].whole, seconds: left ? 0 : seconds }));
    this.chart.replaceChildren(...(view.charted && steps.length ? [timeChart(timed, viewed - 1, (index) => this.#go(index + 1))] : []));
  }

  /**
   * Draws a move in the item that is there for it, which may have the focus.
   * @param {Page.Step} step @param {number} index @param {{ second: boolean, words: string, whole: string }} shown
   */
  #draw(step, index, { second, words, whole }) {
    const { players } = this.view;
    if (!this.list.children[index]) {
      this.list.append(h("li", {}, h("span", { "aria-hidden": true }), button("", () => this.#go(index + 1))));
    }
    const item = this.list.children[index];
    const [side, made] = item.children;
    const isNumbered = !second || index === 0; // else the number stands before the first of the pair
    item.classList.toggle("second", second);
    side.className = `by side-${players.indexOf(step.login)}`;
    say(made, isNumbered ? whole : words);
    set(made, { "aria-label": isNumbered ? null : whole, title: step.left ? null : t("moves.time", { time: duration(step.seconds) }) });
  }

  /** @param {number} by */
  step(by) {
    this.#go(this.view.viewed + by);
  }

  /** @param {number} target */
  #go(target) {
    const viewed = Math.min(Math.max(target, 0), this.view.steps.length);
    this.dispatchEvent(new CustomEvent("view", { detail: { viewed } }));
  }
}

customElements.define("move-list", MoveList);

/** Returns a move in words, without its number and with it. @param {Page.Step} step @param {Page.StepNumber} numbered @param {Page.MovesView} view */
function stepTexts(step, numbered, { word, written }) {
  const { left, login, move } = step;
  if (left) {
    const words = t("moves.left", { player: login });
    return { words, whole: words };
  }
  const words = written(step) ?? (move === null ? t("moves.secret") : inWords(move, word));
  return { words, whole: numberedMove(numbered, words) };
}
