// The server's own bots, whose names and profiles are shown in the reader's language.

import { t } from "../lib/i18n.js";
import { store } from "../lib/store.js";
import { gameTitle } from "./options.js";

// Their accounts, which nobody else can register; a process of them may have a name behind the level.
const ACCOUNT = /^computer-([1-5])(-|$)/;
// As bots/process.py writes it, with the titles of the server.
const AT_RANDOM = /At random: (.*)\.$/;

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
  const titles = randomTitles(bio);
  const games = store.games.filter(({ title }) => titles.includes(title)).map(({ name }) => gameTitle(name));
  return [t("computer.about", { level }), games.length ? t("computer.randomGames", { games: games.join(", ") }) : ""].join(" ").trim();
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
  return randomTitles(bios.get(login) ?? "").includes(store.title(game));
}

/** @param {string} bio */
const randomTitles = (bio) => AT_RANDOM.exec(bio)?.[1].split(", ") ?? [];
