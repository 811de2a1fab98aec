// The moves of a match as people write them: Nf3 for g1f3. They are asked for as long as a page shows them.
//
// Events: "change" after anything new.

import { pause } from "../lib/tab_lock.js";
import { store } from "../lib/store.js";

const PAUSE_MS = 1000; // between two questions

/** @typedef {{ known: Map<number, string | null>, since: number, isFinal: boolean }} Notes */
/** @type {WeakMap<import("./match.js").Match, Notes>} what is known of a match stays when its page is made anew */
const notes = new WeakMap();

export class Notations extends EventTarget {
  #isAsking = false;
  /** @type {Notes} by version, null where the game does not write it; up to the version `since`; whether read after the end */
  #notes;

  /** @param {import("./match.js").Match} match @param {AbortSignal} signal when to stop asking */
  constructor(match, signal) {
    super();
    this.match = match;
    this.#notes = notes.get(match) ?? { known: new Map(), since: 0, isFinal: false };
    notes.set(match, this.#notes);
    this.signal = signal;
    document.addEventListener("visibilitychange", () => this.look(), { signal });
  }

  /** Returns a move as people write it, where that is known. @param {Page.Step} step */
  of({ version }) {
    return this.#notes.known.get(version) ?? null;
  }

  /** Reads what is missing, and goes on until nothing is. */
  async look() {
    if (this.#isAsking) {
      return;
    }
    this.#isAsking = true;
    for (this.#readAnewAfterEnd(); this.#isMissing; this.#readAnewAfterEnd()) {
      await this.#ask();
      this.dispatchEvent(new Event("change"));
      await pause(PAUSE_MS);
    }
    this.#isAsking = false;
  }

  get #isUnwritten() {
    return this.#notes.known.size > 0 && [...this.#notes.known.values()].every((notation) => notation === null);
  }

  get #isMissing() {
    const last = this.match.steps.findLast(({ left }) => !left)?.version ?? 0;
    return last > this.#notes.since && !this.#isUnwritten && !document.hidden && !this.signal.aborted;
  }

  /** Reads a page of the moves that are missing. */
  async #ask() {
    const isOver = this.#isOver;
    const params = () => ({ session_id: this.match.id, since: this.#notes.since, notation: true });
    try {
      const page = await store.rpc.insist("sessions.history", params, () => this.#isMissing);
      const events = page?.events ?? [];
      events.filter(({ command }) => command).forEach(({ version, notation = null }) => this.#notes.known.set(version, notation));
      this.#notes.isFinal = isOver;
      this.#notes.since = page?.next ?? Math.max(this.#notes.since, events.at(-1)?.version ?? 0);
    } catch {
      this.#notes.since = Infinity; // the game is shown without
    }
  }

  // What a game keeps secret until its end is written then.
  #readAnewAfterEnd() {
    if (this.#isUnwritten && !this.#notes.isFinal && this.#isOver) {
      this.#notes.known.clear();
      this.#notes.since = 0;
    }
  }

  get #isOver() {
    return this.match.session?.status === "ended";
  }
}
