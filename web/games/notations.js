// The moves of a match as people write them: Nf3 for g1f3. They are asked for as long as a page shows them.
//
// Events: "change" after anything new.

import { pause } from "../lib/tab_lock.js";
import { store } from "../lib/store.js";

const PAUSE_MS = 1000; // between two questions

export class Notations extends EventTarget {
  #isAsking = false;
  /** @type {Map<number, string | null>} by version; null where the game does not write it */
  #known = new Map();
  #since = 0; // the version up to which moves have been read

  /** @param {import("./match.js").Match} match @param {AbortSignal} signal when to stop asking */
  constructor(match, signal) {
    super();
    this.match = match;
    this.signal = signal;
    match.addEventListener("ended", () => this.#askAgain(), { signal });
    document.addEventListener("visibilitychange", () => this.look(), { signal });
  }

  /** Returns a move as people write it, where that is known. @param {Page.Step} step */
  of({ version }) {
    return this.#known.get(version) ?? null;
  }

  /** Reads what is missing, and goes on until nothing is. */
  async look() {
    if (this.#isAsking) {
      return;
    }
    this.#isAsking = true;
    while (this.#isMissing) {
      await this.#ask();
      this.dispatchEvent(new Event("change"));
      await pause(PAUSE_MS);
    }
    this.#isAsking = false;
  }

  get #isUnwritten() {
    return this.#known.size > 0 && [...this.#known.values()].every((notation) => notation === null);
  }

  get #isMissing() {
    const last = this.match.steps.findLast(({ left }) => !left)?.version ?? 0;
    return last > this.#since && !this.#isUnwritten && !document.hidden && !this.signal.aborted;
  }

  /** Reads a page of the moves that are missing. */
  async #ask() {
    const params = () => ({ session_id: this.match.id, since: this.#since, notation: true });
    try {
      const page = await store.rpc.insist("sessions.history", params, () => this.#isMissing);
      const events = page?.events ?? [];
      events.filter(({ command }) => command).forEach(({ version, notation = null }) => this.#known.set(version, notation));
      this.#since = page?.next ?? Math.max(this.#since, events.at(-1)?.version ?? 0);
    } catch {
      this.#since = Infinity; // the game is shown without
    }
  }

  // What a game keeps secret until its end is written then.
  #askAgain() {
    if (this.#isUnwritten) {
      this.#known.clear();
      this.#since = 0;
    }
  }
}
