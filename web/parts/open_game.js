// Opens a game that the player has agreed to, unless another one is being played.

import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { address, go, place } from "../lib/router.js";
import { matches } from "../games/matches.js";

/** @param {string} id of the session */
export function openGame(id) {
  const { name, parts } = place();
  if (name === "game" && parts[0] !== id && matches.get(parts[0])?.isPlayed) {
    matches.keep(id);
    notice(t("game.started"), { actions: [{ text: t("games.continue"), run: () => go("game", id) }] });
  } else if (location.hash !== address("game", id)) {
    go("game", id);
  }
}
