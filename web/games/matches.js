// The matches that this tab follows: those that are shown, and those that one plays, on whatever page.
//
// Events: "change" after anything new in any of them; "moved" and "ended" {match} of one that is not shown.

import { store } from "../lib/store.js";
import { Match } from "./match.js";

class Matches extends EventTarget {
  #followed = new Map(); // by id: {match, shown: how many show it}

  constructor() {
    super();
    store.addEventListener("login", () => this.#begin());
  }

  // Played here, and not shown.
  get kept() {
    return [...this.#followed.values()].filter(({ match, shown }) => shown === 0 && match.isPlayed).map(({ match }) => match);
  }

  get(id) {
    return this.#followed.get(id)?.match;
  }

  show(id) {
    const entry = this.#follow(id);
    entry.shown += 1;
    this.#tell();
    return entry.match;
  }

  // It is followed further only where it is played.
  async hide(match) {
    const entry = this.#followed.get(match.id);
    if (entry?.match === match) {
      entry.shown -= 1;
      await match.open().catch(() => {});
      this.#settle(entry);
    }
  }

  // Plays a game without showing it.
  async keep(id) {
    const entry = this.#follow(id);
    await entry.match.open().catch(() => {});
    this.#settle(entry);
  }

  // Goes on with what this tab played before it was loaded anew.
  resume() {
    for (const id of remembered()) {
      this.keep(id);
    }
  }

  #follow(id) {
    if (!this.#followed.has(id)) {
      const entry = { match: new Match(id), shown: 0 };
      this.#followed.set(id, entry);
      entry.match.addEventListener("change", () => this.#onChange(entry));
      entry.match.addEventListener("moved", () => entry.shown || this.dispatchEvent(new Event("moved")));
    }
    return this.#followed.get(id);
  }

  #onChange(entry) {
    if (entry.shown === 0 && this.get(entry.match.id) === entry.match && !entry.match.isActive) {
      this.#settle(entry);
      this.dispatchEvent(new CustomEvent("ended", { detail: { match: entry.match } }));
    }
    this.#tell();
  }

  #settle(entry) {
    const { match, shown } = entry;
    if (this.#followed.get(match.id) === entry && shown === 0 && !match.isPlayed) {
      match.close();
      this.#followed.delete(match.id);
    }
    this.#tell();
  }

  #tell() {
    remember([...this.#followed.values()].map(({ match }) => match).filter((match) => !match.session || match.isPlayed).map(({ id }) => id));
    this.dispatchEvent(new Event("change"));
  }

  // Somebody else plays here now, or nobody.
  #begin() {
    for (const { match } of this.#followed.values()) {
      match.close();
    }
    this.#followed.clear();
    this.resume();
    this.#tell();
  }
}

const key = () => `arbiter.games.${store.login}`;

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(key()) ?? "[]");
  } catch {
    return [];
  }
}

function remember(ids) {
  try {
    sessionStorage.setItem(key(), JSON.stringify(ids));
  } catch {
    // storage is switched off
  }
}

export const matches = new Matches();
