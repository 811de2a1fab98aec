// Lists of games: under way, or played.

import { h, link } from "../lib/dom.js";
import { date, t } from "../lib/i18n.js";
import { kindOf } from "../lib/kinds.js";
import { resultWords } from "../lib/results.js";
import { address } from "../lib/router.js";
import { store } from "../lib/store.js";
import { about } from "./rooms.js";

/**
 * Makes an item of a list of games. In the list `of` a player it is coloured by their result.
 * @param {Protocol.SessionSummary} session
 * @param {{ of?: string | null }} options
 */
export function sessionItem(session, { of = null } = {}) {
  const seat = session.players.indexOf(store.login ?? "");
  const said = session.result
    ? resultWords(session, seat < 0 ? null : seat)
    : session.to_move.includes(store.login ?? "") ? t("title.yourTurn")
    : session.spectators ? t("game.watching", { count: session.spectators }) : "";
  const score = of && session.result ? session.result.by_player[of] : undefined;
  const outcome = score === undefined ? "" : score === 1 ? "won" : score === 0 ? "lost" : "drawn";
  const text = session.status === "active" ? (seat >= 0 ? t("games.continue") : t("games.watch")) : t("games.replay");
  return h("li", { class: outcome },
    h("span", { class: "names" }, session.players.map((login, index) => [index ? " – " : "", login, kindOf(login)])),
    h("span", { class: "quiet" }, about(session), session.ended_at ? ` · ${date(session.ended_at)}` : "", said ? h("br") : "", said),
    link(text, address("game", session.session_id), { class: "button", "aria-label": `${text}: ${session.players.join(" – ")}` }));
}
