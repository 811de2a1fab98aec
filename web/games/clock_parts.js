// What a clock shows, by its kind: the time left, and what comes before or after it.

/**
 * Returns the seconds to show, and what else the player still has.
 *
 * `left` are the seconds until the flag falls; `details` are those of the protocol, as they were some time ago.
 * @param {Record<string, number>} clock
 * @param {number} left
 * @param {Record<string, number> | undefined} details
 * @returns {{ seconds: number, delay?: number, periods?: number, vacation?: number }}
 */
export function clockParts(clock, left, details) {
  if (clock.period) {
    // Whole periods are whole in spite of rounding: 8.4 / 1.2 is 7.000000000000001.
    const periods = Math.min(Math.max(Math.ceil(left / clock.period - 1e-9), 1), clock.periods);
    const main = left - clock.period * clock.periods;
    return { seconds: main > 0 ? main : left - clock.period * (periods - 1), periods };
  }
  if (!details) {
    return { seconds: left };
  }
  const main = Math.min(details.main, left);
  return clock.days ? { seconds: left - main, vacation: main } : { seconds: main, delay: left - main };
}
