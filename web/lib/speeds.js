// How fast games are played: players have a rating for each speed.

import { t } from "./i18n.js";

/** @typedef {NonNullable<Protocol.RatingHistory["speed"]>} Speed */

/** @type {Speed[]} the fastest first */
export const SPEEDS = ["bullet", "blitz", "rapid", "classical", "days"];

/** @param {Speed} speed */
export const speedWords = (speed) => t(`speed.${speed}`);

// As arbiter_games/speeds.py has them.
const INCREMENTS = 40;
const PERIODS = 25;
/** @type {[Speed, number][]} each speed is below its bound, in seconds */
const BOUNDS = [["bullet", 180], ["blitz", 480], ["rapid", 1500]];

/** Returns the speed of a clock; of none, null. @param {Record<string, number> | null} clock @returns {Speed | null} */
export function speedOf(clock) {
  if (!clock || clock.days) {
    return clock && "days";
  }
  const seconds = secondsOf(clock);
  return BOUNDS.find(([, bound]) => seconds < bound)?.[0] ?? "classical";
}

/** Returns about how long a game takes of a player. @param {Record<string, number>} clock */
export function secondsOf(clock) {
  const extra = clock.increment || clock.delay || clock.bronstein || 0;
  return clock.initial + INCREMENTS * extra + PERIODS * (clock.period ?? 0);
}
