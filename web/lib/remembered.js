// What this tab remembers of the player who is logged in: ids of a kind, until the tab is closed.

import { store } from "./store.js";

export class Remembered {
  #kind;

  /** @param {string} kind */
  constructor(kind) {
    this.#kind = kind;
  }

  get #key() {
    return `arbiter.${this.#kind}.${store.login}`;
  }

  /** @returns {string[]} */
  get ids() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key) ?? "[]");
    } catch {
      return [];
    }
  }

  /** @param {string[]} ids */
  set ids(ids) {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(ids));
    } catch {
      // storage is switched off
    }
  }
}

// The rooms that the player waits in, in this tab: on any page, and after a reload.
export const ownRooms = new Remembered("rooms");
