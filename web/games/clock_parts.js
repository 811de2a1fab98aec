// What a clock shows, by its kind: the time left, and what comes before or after it.

const ROUNDING_SECONDS = 0.001;

/**
 * Returns the seconds to show, and what else the player still has.
 *
 * Where the days of a move are over, its vacation is what runs. `left` are the seconds until the flag falls; `details` are those of the protocol, as they were some time ago.
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
  const rest = left - main > ROUNDING_SECONDS ? left - main : 0;
  return !clock.days ? { seconds: main, delay: rest } : rest ? { seconds: rest, vacation: main } : { seconds: main };
}
