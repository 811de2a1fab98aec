// What the server's own bots say of themselves in their profiles.

import { store } from "../lib/store.js";

// As bots/process.py writes it, with the titles of the server.
const AT_RANDOM = /At random: (.*)\.$/;

/** @type {Map<string, string>} by login */
const bios = new Map();

/**
 * Tells whether a bot plays a game at random.
 * @param {string} login
 * @param {string} game
 */
export async function playsAtRandom(login, game) {
  if (!bios.has(login)) {
    try {
      bios.set(login, (await store.rpc.call("accounts.get", { login })).bio);
    } catch {
      return false; // it is asked again
    }
  }
  const titles = AT_RANDOM.exec(bios.get(login) ?? "")?.[1].split(", ") ?? [];
  return titles.includes(store.title(game));
}
