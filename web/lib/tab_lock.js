// Runs something in one tab at a time: by a Web Lock, or without HTTPS, where there are none, by a note
// in the storage that all tabs share.

const NAME = "arbiter.lock";
const NOTE_MS = 15_000; // after which the note of a tab that died is ignored
// Other tabs see a note after a moment. A tab that finds its own note after twice as long has been
// seen by all others, and has seen theirs.
const SETTLE_MS = 300;
const POLL_MS = 100;

/**
 * Resolves after a time.
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Runs an action that takes ten seconds at most, alone among all tabs. Returns its result.
 * @template Result
 * @param {() => Promise<Result>} action
 * @returns {Promise<Result>}
 */
export function alone(action) {
  return navigator.locks ? navigator.locks.request(NAME, action) : byNote(action);
}

/**
 * @template Result
 * @param {() => Promise<Result>} action
 */
async function byNote(action) {
  const own = crypto.getRandomValues(new Uint32Array(2)).join();
  while (!(await take(own))) {
    await pause(POLL_MS * (1 + Math.random()));
  }
  try {
    return await action();
  } finally {
    if (note()?.by === own) {
      localStorage.removeItem(NAME);
    }
  }
}

/** @param {string} own */
async function take(own) {
  if ((note()?.until ?? 0) > Date.now()) {
    return false;
  }
  try {
    localStorage.setItem(NAME, JSON.stringify({ by: own, until: Date.now() + NOTE_MS }));
  } catch {
    return true; // storage is switched off, so no other tab has the same tokens
  }
  await pause(SETTLE_MS);
  return note()?.by === own;
}

/** @returns {{ by: string, until: number } | null} */
function note() {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? "null");
  } catch {
    return null;
  }
}
