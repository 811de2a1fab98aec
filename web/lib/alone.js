// Lets one tab at a time do something: by a Web Lock, or without HTTPS, where there are none, by a
// note in the storage that all tabs share.

const NAME = "arbiter.lock";
const LASTS = 15_000; // the note of a tab that has died is passed over then
// A note is seen by other tabs after a moment. Who finds its own one still there after two such
// moments has been seen by all, and has seen all.
const SETTLES = 300;
const LOOKS_EVERY = 100;

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// The action's result; it must not take longer than ten seconds.
export function alone(action) {
  return navigator.locks ? navigator.locks.request(NAME, action) : byNote(action);
}

async function byNote(action) {
  const own = String(crypto.getRandomValues(new Uint32Array(2)));
  while (!(await take(own))) {
    await pause(LOOKS_EVERY * (1 + Math.random()));
  }
  try {
    return await action();
  } finally {
    if (note()?.by === own) {
      localStorage.removeItem(NAME);
    }
  }
}

async function take(own) {
  if (note()?.until > Date.now()) {
    return false;
  }
  try {
    localStorage.setItem(NAME, JSON.stringify({ by: own, until: Date.now() + LASTS }));
  } catch {
    return true; // storage is switched off, so no other tab has the same tokens
  }
  await pause(SETTLES);
  return note()?.by === own;
}

function note() {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? "null");
  } catch {
    return null;
  }
}
