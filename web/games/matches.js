// The matches that this tab follows: those that are shown, and those that the player plays, on any page.
//
// Events: "change" after anything new in any of them; "moved" and "ended" {match} of one that is not shown.

/** @typedef {{ match: Match, shown: number }} Followed `shown`: how many pages show it */

import { Remembered } from "../lib/remembered.js";
import { store } from "../lib/store.js";
import { Match } from "./match.js";

const remembered = new Remembered("games");

class Matches extends EventTarget {
  /** @type {Map<string, Followed>} by id */
  #followed = new Map();

  constructor() {
    super();
    store.addEventListener("login", () => this.#begin());
  }

  /** Returns the matches that are played, and not shown. */
  get kept() {
    return [...this.#followed.values()].filter(({ match, shown }) => shown === 0 && match.isPlayed).map(({ match }) => match);
  }

  /** @param {string} id */
  get(id) {
    return this.#followed.get(id)?.match;
  }

  /** Follows a match while a page shows it. @param {string} id */
  show(id) {
    const entry = this.#follow(id);
    entry.shown += 1;
    this.#tell();
    return entry.match;
  }

  /** Notes that a page no longer shows a match: it is followed further if it is played. @param {Match} match */
  async hide(match) {
    const entry = this.#followed.get(match.id);
    if (entry?.match === match) {
      entry.shown -= 1;
      await match.open().catch(() => {});
      this.#settle(entry);
    }
  }

  /** Follows a match that is played without showing it. @param {string} id */
  async keep(id) {
    const entry = this.#follow(id);
    await entry.match.open().catch(() => {});
    this.#settle(entry);
  }

  /** Follows the matches that this tab played before it was reloaded. */
  resume() {
    for (const id of remembered.ids) {
      this.keep(id);
    }
  }

  /** @param {string} id */
  #follow(id) {
    const known = this.#followed.get(id);
    if (known) {
      return known;
    }
    const entry = { match: new Match(id), shown: 0 };
    this.#followed.set(id, entry);
    entry.match.addEventListener("change", () => this.#onChange(entry));
    entry.match.addEventListener("moved", () => entry.shown || this.dispatchEvent(new Event("moved")));
    return entry;
  }

  /** @param {Followed} entry */
  #onChange(entry) {
    if (entry.shown === 0 && this.get(entry.match.id) === entry.match && !entry.match.isActive) {
      this.#settle(entry);
      this.dispatchEvent(new CustomEvent("ended", { detail: { match: entry.match } }));
    }
    this.#tell();
  }

  /** Stops following a match that is neither shown nor played. @param {Followed} entry */
  #settle(entry) {
    const { match, shown } = entry;
    if (this.#followed.get(match.id) === entry && shown === 0 && !match.isPlayed) {
      match.close();
      this.#followed.delete(match.id);
    }
    this.#tell();
  }

  #tell() {
    remembered.ids = [...this.#followed.values()].map(({ match }) => match).filter((match) => !match.session || match.isPlayed).map(({ id }) => id);
    this.dispatchEvent(new Event("change"));
  }

  // After a login or a logout.
  #begin() {
    for (const { match } of this.#followed.values()) {
      match.close();
    }
    this.#followed.clear();
    this.resume();
    this.#tell();
  }
}

export const matches = new Matches();
