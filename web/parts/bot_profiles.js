// The server's own bots, whose names and profiles are shown in the reader's language.

import { t } from "../lib/i18n.js";
import { store } from "../lib/store.js";
import { gameTitle } from "./options.js";

// Their accounts, which nobody else can register; a process of them may have a name behind the level.
const ACCOUNT = /^computer-([1-5])(-|$)/;
// As bots/process.py writes it, with the titles of the server.
const AT_RANDOM = /At random: (.*?)(?:, and (\d+) more)?\.$/;

/** @type {Map<string, string>} by login */
const bios = new Map();

/** Returns the level of one of the server's own bots, and null of others. @param {string} login */
export function levelOf(login) {
  const [, level] = ACCOUNT.exec(login) ?? [];
  return level ? Number(level) : null;
}

/** Returns the name to show for a player. @param {{ login: string, display_name: string }} player */
export function nameOf({ login, display_name: name }) {
  const level = levelOf(login);
  return level ? t("computer.name", { level }) : name;
}

/** Returns what a player says of themselves. @param {{ login: string, bio: string }} account */
export function bioOf({ login, bio }) {
  const level = levelOf(login);
  if (!level) {
    return bio;
  }
  const games = store.games.filter(({ title }) => isRandom(bio, title)).map(({ name }) => gameTitle(name));
  const more = Number(AT_RANDOM.exec(bio)?.[2] ?? 0);
  const all = [...games, ...(more ? [t("computer.moreGames", { more })] : [])].join(", ");
  return [t("computer.about", { level }), all && t("computer.randomGames", { games: all })].join(" ").trim();
}

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
  return isRandom(bios.get(login) ?? "", store.title(game));
}

// A title may have a comma in it.
/** @param {string} bio @param {string} title */
const isRandom = (bio, title) => `, ${AT_RANDOM.exec(bio)?.[1]}, `.includes(`, ${title}, `);
