// Challenges to bots, until as many as are wanted have accepted.

import { store } from "../lib/store.js";
import { takeBack } from "./challenges.js";
import { attempt } from "./rooms.js";

const PATIENCE_MS = 10_000;
const MAX_PAGE_ITEMS = 100;
const ENDS = ["room.filled", "room.declined", "room.closed"];

/**
 * What has become of a challenge. Of the bots, the `unwilling` have not accepted.
 * @typedef {{ session: string | null, unwilling: string[], isDeclined: boolean, reason?: string | null }} Outcome
 * @typedef {{ game: string, options: Record<string, any>, side: "random" | "first" | "second" }} Terms
 */

/** Returns the logins of all bots that are online. */
export async function botsOnline() {
  /** @type {string[]} */
  const found = [];
  /** @type {string | null} */
  let after = null;
  do {
    /** @type {Protocol.Methods["accounts.online"]["result"]} */
    const page = await store.rpc.call("accounts.online", { kind: "bot", limit: MAX_PAGE_ITEMS, ...(after ? { after } : {}) });
    found.push(...page.items.map(({ login }) => login));
    after = page.next;
  } while (after);
  return found;
}

/**
 * Challenges so many bots, the first ones that are willing. Returns what has become of the last challenge: undefined
 * where there are too few bots, and null after an error, which has been said.
 * @param {string[]} bots
 * @param {number} count
 * @param {Terms} terms
 */
export async function challengeBots(bots, count, terms) {
  /** @type {Outcome | null | undefined} */
  let outcome;
  let left = bots;
  while (left.length >= count && !outcome?.session) {
    outcome = await challenge(left.slice(0, count), terms);
    if (!outcome) {
      return null;
    }
    const { unwilling } = outcome;
    left = left.filter((login) => !unwilling.includes(login));
  }
  return outcome;
}

/**
 * @param {string[]} bots
 * @param {Terms} terms
 * @returns {Promise<Outcome | null>}
 */
async function challenge([login, ...others], terms) {
  /** @type {Map<string, Page.Notification>} by room: the last news of it */
  const news = new Map();
  let wake = () => {};
  const hear = (/** @type {Page.Events["notification"]} */ { detail }) => {
    if (detail.method.startsWith("room.")) {
      news.set(detail.params.room.room_id, detail);
      wake();
    }
  };
  store.rpc.addEventListener("notification", hear);
  try {
    const room = await attempt(() => store.rpc.call("rooms.challenge", { ...terms, login, ...(others.length ? { others } : {}) }));
    if (!room) {
      return null;
    }
    const last = () => news.get(room.room_id) ?? { method: "", params: { room } };
    const isOver = () => ENDS.includes(last().method);
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      wake = () => {
        if (isOver()) {
          clearTimeout(timer);
          resolve(null);
        }
      };
      wake();
    });
    if (!isOver()) {
      await takeBack(room.room_id);
    }
    const { method, params } = last();
    const isDeclined = method === "room.declined";
    const absent = [login, ...others].filter((each) => !params.room.players.includes(each));
    const unwilling = isDeclined ? [params.login ?? login] : absent.length ? absent : [login];
    return { session: params.room.session_id, unwilling, isDeclined, reason: params.reason };
  } finally {
    store.rpc.removeEventListener("notification", hear);
  }
}
