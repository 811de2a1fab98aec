// A clock that runs between what the server says of it. It tells by "low" that little is left, and by "over", now and
// then, that nothing is: the server may have given time back, and tells nobody.

import { duration, t } from "../lib/i18n.js";
import { store } from "../lib/store.js";

const TICK = 100;
const LOW = 10;
const AGAIN = 2000;

export class GameClock extends HTMLElement {
  #text = "";
  #left = 0; // seconds
  #asOf = 0;
  /** @type {number | undefined} */
  #timer;
  #wasEnough = false;
  #toldOver = -Infinity;

  // So many seconds were left at a moment of `performance.now()`, and fewer since, where the clock runs.
  set(seconds, asOf, runs) {
    this.#left = seconds;
    this.#asOf = asOf;
    clearInterval(this.#timer);
    this.#timer = runs ? setInterval(() => this.#show(), TICK) : undefined;
    this.classList.toggle("runs", runs);
    this.setAttribute("role", "timer");
    this.#show();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #show() {
    const passed = this.#timer ? (performance.now() - this.#asOf) / 1000 : 0;
    const left = Math.max(this.#left - passed, 0);
    const text = duration(left, true);
    if (this.#text !== text) {
      this.textContent = this.#text = text;
      this.setAttribute("aria-label", t("game.clock", { time: text }));
    }
    this.classList.toggle("low", left < LOW);
    if (this.#timer && this.#wasEnough && left < LOW) {
      this.dispatchEvent(new Event("low"));
    }
    this.#wasEnough = left >= LOW;
    if (this.#timer && left === 0 && performance.now() - this.#toldOver > AGAIN) {
      this.#toldOver = performance.now();
      this.dispatchEvent(new Event("over"));
    }
  }
}

customElements.define("game-clock", GameClock);

/**
 * Shows words with a {time} that counts down to a moment on the server's clock; calls `over` at its end.
 * @param {HTMLElement} element
 * @param {string} deadline
 * @param {(time: string) => string} words
 * @param {() => void} over
 */
export function countdown(element, deadline, words, over = () => {}) {
  const step = () => {
    const left = (Date.parse(deadline) - store.now()) / 1000;
    element.textContent = words(duration(Math.max(left, 0)));
    if (left <= 0) {
      clearInterval(timer);
      over();
    }
  };
  const timer = setInterval(step, 500);
  step();
  return () => clearInterval(timer);
}
