// The dialog in which a player is challenged.

import { button, h, patientButton } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { store } from "../lib/store.js";
import { showDialog } from "./dialog.js";
import { options } from "./options.js";
import { attempt } from "./rooms.js";

/** @type {("random" | "first" | "second")[]} */
const SIDES = ["random", "first", "second"];

/**
 * Asks what is to be played, and challenges a player to it.
 * @param {string} login
 * @param {{ game?: string, casual?: boolean }} wanted `casual` where the game is not to be rated
 */
export function challenge(login, { game, casual } = {}) {
  const title = t("challenge.title", { player: login });
  const chosen = options({ prefix: "challenge-", game, casual });
  const side = h("select", { id: "challenge-side" }, SIDES.map((each) => h("option", { value: each }, capital(t(`challenge.you.${each}`)))));
  const send = async () => {
    const terms = { login, ...chosen.chosen(), side: /** @type {"first"} */ (side.value) };
    if (await attempt(() => store.rpc.call("rooms.challenge", terms))) {
      dialog.close();
      notice(t("challenge.sent", { player: login }));
    }
  };
  const dialog = h("dialog", { class: "question", "aria-label": title }, h("h2", {}, title), chosen.element,
    h("div", { class: "field" }, h("label", { for: side.id }, t("challenge.side")), side),
    h("div", { class: "answers" }, patientButton(t("challenge.send"), send, { class: "main" }), button(t("challenge.cancel"), () => dialog.close())));
  showDialog(dialog);
}

/** @param {string} text */
const capital = (text) => text[0].toUpperCase() + text.slice(1);
