// Lists of games: under way, or played.

import { h, link, say } from "../lib/dom.js";
import { inOwnWords } from "../lib/drawings.js";
import { date, longDuration, t } from "../lib/i18n.js";
import { kindOf } from "../lib/kinds.js";
import { resultWords } from "../lib/results.js";
import { address } from "../lib/router.js";
import { store } from "../lib/store.js";
import { aboutText } from "./rooms.js";

/**
 * Makes an item of a list of games. In the list `of` a player it is coloured by their result.
 * @param {Protocol.SessionSummary} session
 * @param {{ of?: string | null }} options
 */
export function sessionItem(session, { of = null } = {}) {
  const seat = session.players.indexOf(store.login ?? "");
  const said = session.result
    ? inOwnWords(session.game, () => resultWords(session, seat < 0 ? null : seat))
    : session.to_move.includes(store.login ?? "") ? t("title.yourTurn")
    : seat >= 0 && session.to_move.length ? t("game.opponentsTurn", { player: session.to_move.join(", ") })
    : session.spectators ? t("game.watching", { count: session.spectators }) : "";
  const score = of && session.result ? session.result.by_player[of] : undefined;
  const outcome = score === undefined ? "" : score === 1 ? "won" : score === 0 ? "lost" : "drawn";
  const text = session.status === "active" ? (seat >= 0 ? t("games.continue") : t("games.watch")) : t("games.replay");
  const item = h("li", { class: outcome },
    h("span", { class: "names" }, session.players.map((login, index) => [index ? " – " : "", login, kindOf(login)])),
    h("span", { class: "quiet" }, aboutText(session), session.ended_at ? ` · ${date(session.ended_at)}` : "", said ? h("br") : "", said, h("span", { class: "left" })),
    link(text, address("game", session.session_id), { class: "button", "aria-label": `${text}: ${session.players.join(" – ")}` }));
  showTime(item, session);
  return item;
}

/** Shows how long the player, or whoever is to move, still has for a move; only with days a move. @param {HTMLElement | undefined} item @param {Protocol.SessionSummary} session */
export function showTime(item, { players, deadlines }) {
  const left = item?.querySelector(".left");
  const ends = deadlines?.[store.login ?? ""] ?? Object.values(deadlines ?? {})[0];
  if (left && ends && players.includes(store.login ?? "")) {
    say(left, ` · ${t("game.clock", { time: timeWords(ends) })}`);
  }
}

/** Returns how long it is until the ends of the days and of the vacation, in words. @param {Record<string, string>} ends */
function timeWords({ delay, main }) {
  const [days, all] = [delay, main].map((at) => (Date.parse(at) - store.now()) / 1000);
  if (days <= 0) {
    return t("clock.vacation", { time: longDuration(all) });
  }
  const time = longDuration(days);
  return all - days > 1 ? t("clock.withVacation", { time, vacation: longDuration(all - days) }) : time;
}
