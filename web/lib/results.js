// The state and the result of a game, in words.

import { drawing } from "./drawings.js";
import { words } from "./errors.js";
import { has, number, t } from "./i18n.js";
import { store } from "./store.js";

/** @param {string} reason @param {string} game */
export function reasonWords(reason, game) {
  const own = drawing(game).word(reason);
  return own !== reason ? own : has(`reason.${reason}`) ? t(`reason.${reason}`) : reason.replaceAll("_", " ");
}

/**
 * Returns how a game has ended, to the player in a seat or to a spectator.
 * @param {{ game: string, result: Protocol.Score | null, players: string[] }} session
 * @param {number | null} seat
 */
export function resultWords({ game, result, players }, seat) {
  if (result === null) {
    return "";
  }
  const reason = reasonWords(result.reason, game);
  if (result.reason === "aborted") {
    return t("result.aborted");
  }
  if (result.places && players.length > 2 && seat !== null) {
    return t("result.place", { place: result.places[players[seat]], players: players.length, reason });
  }
  if (result.winner === null) {
    const first = players.filter((login) => result.places?.[login] === 1);
    return first.length && first.length < players.length ? t("result.shared", { players: first.join(", "), reason }) : t("result.draw", { reason });
  }
  if (seat === null) {
    return t("result.winner", { player: result.winner, reason });
  }
  return t(result.winner === players[seat] ? "result.won" : "result.lost", { reason });
}

/**
 * Returns the place of one of many players, and the score where the game gives one; nothing before the end.
 * @param {{ result: Protocol.Score | null, players: string[] }} session
 * @param {string} login
 */
export function standingWords({ result, players }, login) {
  const place = players.length > 2 ? result?.places?.[login] : undefined;
  const points = result?.scores?.[login];
  return [place && t("result.ofPlayer", { place }), points !== undefined && t("result.points", { points: number(points, 1) })].filter(Boolean).join(", ");
}

/**
 * Returns whose turn it is, or how the match has ended.
 * @param {import("../games/match.js").Match} match
 */
export function turnWords({ session, seat, isActive, isMyTurn, commands, waits }) {
  if (!isActive) {
    return resultWords(session, seat);
  }
  if (waits) {
    return words(waits);
  }
  if (commands.move !== null) {
    return store.rpc.state === "ready" ? t("game.sending") : t("game.waitingToSend");
  }
  const { turn, check, fleets } = session.state;
  if (isMyTurn) {
    return turn === null ? t(fleets ? "game.place" : "game.choose") : t(check ? "game.yourTurnCheck" : "game.yourTurn");
  }
  const waitedFor = { player: session.to_move.join(", ") };
  return t(seat === null || session.out.includes(session.players[seat]) ? "game.turnOf" : turn === null ? "game.chosen" : "game.opponentsTurn", waitedFor);
}
