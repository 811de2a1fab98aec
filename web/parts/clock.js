// A clock that runs on between the times that the server sends.
//
// Events: "low" when little time is left, and "over" when none is left. "over" is repeated, because the
// server may have given time back, and no event says so.

import { clockParts } from "../games/clock_parts.js";
import { h, put } from "../lib/dom.js";
import { duration, t } from "../lib/i18n.js";
import { store } from "../lib/store.js";

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const TICK_MS = 100;
const LOW_SECONDS = 10;
const OVER_INTERVAL_MS = 2000;

export class GameClock extends HTMLElement {
  #text = "";
  #left = 0; // seconds
  #asOf = 0;
  /** @type {Record<string, number>} */
  #clock = {};
  /** @type {Record<string, number> | undefined} */
  #details;
  /** @type {number | undefined} */
  #timer;
  #wasEnough = false;
  #overAt = -Infinity;

  /**
   * Shows the clock of a player of a match, and lets it run or stand.
   * @param {import("../games/match.js").Match} match
   * @param {string} login
   * @param {Record<string, number> | null} clocks those of an earlier position, which stand
   */
  show({ session, clocksAsOf, clocksRun }, login, clocks = null) {
    const runs = !clocks && clocksRun && session.to_move.includes(login);
    this.#left = (clocks ?? session.clocks)?.[login] ?? 0;
    this.#clock = session.options.clock ?? {};
    this.#details = clocks ? undefined : session.clock_details?.[login];
    this.#asOf = clocksAsOf;
    clearInterval(this.#timer);
    this.#timer = runs ? setInterval(() => this.#show(), TICK_MS) : undefined;
    this.classList.toggle("runs", runs);
    this.classList.toggle("days", "days" in this.#clock);
    this.setAttribute("role", "timer");
    this.#show();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #show() {
    const passed = this.#timer ? (performance.now() - this.#asOf) / 1000 : 0;
    const left = Math.max(this.#left - passed, 0);
    const { seconds, ...more } = clockParts(this.#clock, left, this.#details);
    const time = duration(seconds, true);
    const rest = signs(more);
    if (this.#text !== `${time} ${rest}`) {
      this.#text = `${time} ${rest}`;
      put(this, time, rest && h("small", {}, ` ${rest}`));
      this.title = t("game.clock", { time: words(time, more) });
      this.setAttribute("aria-label", this.title);
    }
    this.classList.toggle("low", left < LOW_SECONDS);
    if (this.#timer && this.#wasEnough && left < LOW_SECONDS) {
      this.dispatchEvent(new Event("low"));
    }
    this.#wasEnough = left >= LOW_SECONDS;
    if (this.#timer && left === 0 && performance.now() - this.#overAt > OVER_INTERVAL_MS) {
      this.#overAt = performance.now();
      this.dispatchEvent(new Event("over"));
    }
  }
}

customElements.define("game-clock", GameClock);

/** @typedef {{ periods?: number, delay?: number, vacation?: number }} More what there is beside the time */

/** @param {More} more */
function signs({ periods, delay, vacation }) {
  if (vacation) {
    const [unit, number] = whole(vacation);
    return `+${t(`time.${unit}Short`, { number })}`;
  }
  return periods ? `×${periods}` : delay ? `+${Math.ceil(delay)}` : "";
}

/** @param {string} time @param {More} more */
function words(time, { periods, delay, vacation }) {
  if (vacation) {
    const [unit, count] = whole(vacation);
    return t("clock.withVacation", { time, vacation: t(`time.${unit}`, { count }) });
  }
  return periods ? t("clock.withPeriods", { time, periods }) : delay ? t("clock.withDelay", { time, seconds: Math.ceil(delay) }) : time;
}

/** Returns a vacation in days, or in hours once there is less than a day. @param {number} seconds @returns {[string, number]} */
function whole(seconds) {
  const days = Math.floor(seconds / DAY_SECONDS);
  return days ? ["days", days] : ["hours", Math.ceil(seconds / HOUR_SECONDS)];
}

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
