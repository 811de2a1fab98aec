// How a game has ended, in words.

import { has, t } from "./i18n.js";

export function reasonWords(reason) {
  return has(`reason.${reason}`) ? t(`reason.${reason}`) : reason.replaceAll("_", " ");
}

export function resultWords({ result, players }, seat) {
  const reason = reasonWords(result.reason);
  if (result.reason === "aborted") {
    return t("result.aborted");
  }
  if (result.winner === null) {
    return t("result.draw", { reason });
  }
  if (seat === null) {
    return t("result.winner", { player: result.winner, reason });
  }
  return t(result.winner === players[seat] ? "result.won" : "result.lost", { reason });
}
