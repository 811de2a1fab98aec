// The ratings of a match's players, and what the match has changed in them.
//
// "change" tells of news.

import { pause } from "../lib/alone.js";
import { store } from "../lib/store.js";

const LOOKS = 6; // times, a second apart: ratings follow shortly after an end
const LOOKS_EVERY = 1000;
const PROVISIONAL = 110; // a deviation over this, as on the leaderboard

export class Standings extends EventTarget {
  #known = new Map(); // by login: {rating, deviation, games} as it is now and as it was at first

  constructor(match) {
    super();
    this.match = match;
  }

  // {rating, isProvisional, change}, null where it is not known; `change` is 0 until there is one.
  of(login) {
    const known = this.#known.get(login);
    if (!known) {
      return null;
    }
    const { first, now } = known;
    const rating = Math.round(now.rating);
    return { rating, isProvisional: now.deviation > PROVISIONAL, change: rating - Math.round(first.rating) };
  }

  // Only players are told of ratings.
  async look() {
    if (store.login) {
      await Promise.all(this.match.session.players.map((login) => this.#ask(login)));
      this.dispatchEvent(new Event("change"));
    }
  }

  async lookForChange() {
    const { options, players, result } = this.match.session;
    if (!options.rated || result.reason === "aborted") {
      return;
    }
    for (let times = 0; times < LOOKS && !players.every((login) => this.#hasChanged(login)); times += 1) {
      await pause(LOOKS_EVERY);
      await this.look();
    }
  }

  async #ask(login) {
    const { game } = this.match.session;
    try {
      const now = (await store.rpc.call("accounts.get", { login })).ratings[game];
      this.#known.set(login, { first: this.#known.get(login)?.first ?? now, now });
    } catch {
      // a deleted account, or it is asked again
    }
  }

  #hasChanged(login) {
    const { first, now } = this.#known.get(login) ?? {};
    return !store.login || first?.games !== now?.games;
  }
}
