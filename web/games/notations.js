// The moves of a match as people write them: Nf3 for g1f3. They are asked for as long as a page shows them.
//
// Events: "change" after anything new.

import { pause } from "../lib/tab_lock.js";
import { store } from "../lib/store.js";

const PAUSE_MS = 1000; // between two questions

export class Notations extends EventTarget {
  #isAsking = false;

  /** @param {import("./match.js").Match} match @param {AbortSignal} signal when to stop asking */
  constructor(match, signal) {
    super();
    this.match = match;
    this.signal = signal;
    match.addEventListener("ended", () => this.#askAgain(), { signal });
    document.addEventListener("visibilitychange", () => this.look(), { signal });
  }

  /** Reads what is missing, and goes on until nothing is. */
  async look() {
    if (this.#isAsking) {
      return;
    }
    this.#isAsking = true;
    while (this.#isMissing && await this.#ask()) {
      this.dispatchEvent(new Event("change"));
      await pause(PAUSE_MS);
    }
    this.#isAsking = false;
  }

  get #isMissing() {
    const last = this.match.steps.at(-1);
    const isUnwritten = this.match.steps.some(({ notation }) => notation !== undefined) && this.match.steps.every(({ notation }) => !notation);
    return last !== undefined && last.notation === undefined && !isUnwritten && !document.hidden && !this.signal.aborted;
  }

  /** Reads a page of the moves that are missing. Returns whether that has worked. */
  async #ask() {
    const { id, steps } = this.match;
    const since = this.match.versionAt(steps.findIndex(({ notation }) => notation === undefined));
    try {
      const { events } = await store.rpc.call("sessions.history", { session_id: id, since, notation: true });
      const known = new Map(events.map(({ version, notation = null }) => [version, notation]));
      this.match.steps.filter(({ version }) => known.has(version)).forEach((step) => { step.notation = known.get(step.version); });
      return true;
    } catch {
      return false; // it is asked again after the next move
    }
  }

  // What a game keeps secret until its end is written then.
  #askAgain() {
    this.match.steps.forEach((step) => { step.notation ??= undefined; });
  }
}
