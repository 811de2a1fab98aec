// Marks of guests and bots beside their names, whose kinds the server is asked for, many at a time.

import { h, say } from "./dom.js";
import { t } from "./i18n.js";
import { store } from "./store.js";

const MAX_LOGINS = 100; // of one question
const KEPT_MS = 60_000; // a guest may become a player
/** @type {Map<string, string>} by login; of an ordinary player it is empty */
const known = new Map();
/** @type {Map<string, HTMLElement[]>} by login: marks whose kind is not known yet */
const waiting = new Map();
setInterval(() => known.clear(), KEPT_MS);

/** Makes a mark that says what kind of player this is, once that is known; nothing of an ordinary one. @param {string} login */
export function kindOf(login) {
  const mark = kindMark(known.get(login));
  if (!known.has(login)) {
    if (waiting.size === 0) {
      queueMicrotask(ask);
    }
    waiting.set(login, [...(waiting.get(login) ?? []), mark]);
  }
  return mark;
}

/** Makes a mark of a kind that is known. @param {string} [kind] */
export function kindMark(kind) {
  return tell(h("span", { class: "kind" }), kind);
}

async function ask() {
  const asked = [...waiting].slice(0, MAX_LOGINS);
  asked.forEach(([login]) => waiting.delete(login));
  if (waiting.size) {
    queueMicrotask(ask);
  }
  try {
    const { kinds } = await store.rpc.call("accounts.kinds", { logins: asked.map(([login]) => login) });
    for (const [login, marks] of asked) {
      known.set(login, kinds[login] ?? "");
      marks.forEach((mark) => tell(mark, kinds[login]));
    }
  } catch {
    // the names stand without marks
  }
}

/** @param {HTMLElement} mark @param {string} [kind] */
function tell(mark, kind) {
  say(mark, kind === "bot" || kind === "guest" ? t(`kind.${kind}`) : "");
  return mark;
}
