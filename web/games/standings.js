// The ratings of the players of a match, and by how much the match has changed them.
//
// Events: "change" after anything new.

import { pause } from "../lib/tab_lock.js";
import { store } from "../lib/store.js";

const MAX_POLLS = 6; // ratings change shortly after the end of a game
const POLL_MS = 1000;
const PROVISIONAL_DEVIATION = 110; // above it a rating is provisional, as on the leaderboard

/** @typedef {Pick<Protocol.Rating, "rating" | "deviation" | "games">} Standing */
/** @type {Standing} in a rated game, where a player has not played at this speed */
const NEWCOMER = { rating: 1500, deviation: 350, games: 0 };

export class Standings extends EventTarget {
  /** @type {Map<string, { first: Standing, now: Standing }>} by login */
  #known = new Map();

  /** @param {import("./match.js").Match} match */
  constructor(match) {
    super();
    this.match = match;
  }

  /** Returns the rating of a player and its change, or null if it is not known. @param {string} login */
  of(login) {
    const known = this.#known.get(login);
    if (!known) {
      return null;
    }
    const { first, now } = known;
    const rating = Math.round(now.rating);
    return { rating, isProvisional: now.deviation > PROVISIONAL_DEVIATION, change: rating - Math.round(first.rating) };
  }

  /** Reads the ratings, which only players may do. */
  async look() {
    if (store.login) {
      await Promise.all(this.match.session.players.map((login) => this.#ask(login)));
      this.dispatchEvent(new Event("change"));
    }
  }

  /** Waits until the ratings have changed after the end. */
  async lookForChange() {
    const { options, players, result } = this.match.session;
    if (!options.rated || result?.reason === "aborted") {
      return;
    }
    for (let times = 0; times < MAX_POLLS && !players.every((login) => this.#hasChanged(login)); times += 1) {
      await pause(POLL_MS);
      await this.look();
    }
  }

  /** @param {string} login */
  async #ask(login) {
    const { game, speed, options } = this.match.session;
    try {
      const { ratings_by_speed: ratings } = await store.rpc.call("accounts.get", { login });
      const now = ratings?.[game]?.[speed ?? "classical"] ?? (options.rated ? NEWCOMER : null);
      if (now) {
        this.#known.set(login, { first: this.#known.get(login)?.first ?? now, now });
      }
    } catch {
      // the account has been deleted, or it is read again
    }
  }

  /** @param {string} login */
  #hasChanged(login) {
    const known = this.#known.get(login);
    return !store.login || known?.first.games !== known?.now.games;
  }
}
