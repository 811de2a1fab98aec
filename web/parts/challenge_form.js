// The dialog in which a player is challenged.

import { button, h, patientButton, say } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { announce } from "../lib/notices.js";
import { store } from "../lib/store.js";
import { levelOf } from "./bot_profiles.js";
import { showDialog } from "./dialog.js";
import { field } from "./login_form.js";
import { options } from "./options.js";
import { attempt } from "./rooms.js";

/** @type {("random" | "first" | "second")[]} */
const SIDES = ["random", "first", "second"];

/**
 * Asks what is to be played, and challenges a player to it.
 * @param {string} login
 * @param {{ game?: string, casual?: boolean }} wanted `casual` where the game is not to be rated, as none against the computer is
 */
export function challenge(login, { game, casual } = {}) {
  const title = t("challenge.title", { player: login });
  const chosen = options({ prefix: "challenge-", game, casual: casual || levelOf(login) !== null, seats: 2 });
  const many = othersField(chosen.game);
  const side = h("select", { id: "challenge-side" }, SIDES.map((each) => h("option", { value: each }, capital(t(`challenge.you.${each}`)))));
  const send = async () => {
    const others = many.logins();
    if (!others) {
      return;
    }
    const terms = { login, ...(others.length ? { others } : {}), ...chosen.chosen(), side: /** @type {"first"} */ (side.value) };
    if (await attempt(() => store.rpc.call("rooms.challenge", terms))) {
      dialog.close();
      announce(t("challenge.sent", { player: [login, ...others].join(", ") })); // the strip above the page shows it
    }
  };
  const dialog = h("dialog", { class: "question", "aria-label": title }, h("h2", {}, title), chosen.element, many.element,
    h("div", { class: "field" }, h("label", { for: side.id }, t("challenge.side")), side),
    h("div", { class: "answers" }, patientButton(t("challenge.send"), send, { class: "main" }), button(t("challenge.cancel"), () => dialog.close())));
  showDialog(dialog);
}

/**
 * Makes the field for who else is challenged, where the game is for more than two. `logins` returns them, or null where the game is not for so many.
 * @param {HTMLSelectElement} game the choice of the game
 */
function othersField(game) {
  const others = field("others", { autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const bounds = () => {
    const { min_players: min = 2, max_players: max = 2 } = store.game(game.value) ?? {};
    return { least: Math.max(min - 2, 0), most: max - 2 };
  };
  const show = () => {
    others.element.hidden = bounds().most === 0;
    others.complain("");
    say(others.hint, t("challenge.howMany", bounds()));
  };
  game.addEventListener("change", show);
  show();
  const logins = () => {
    const { least, most } = bounds();
    const found = most ? others.input.value.split(/[\s,;]+/).filter(Boolean) : [];
    const fits = found.length >= least && found.length <= most;
    others.complain(fits ? "" : t("challenge.wrongNumber"));
    if (!fits) {
      others.input.focus();
    }
    return fits ? found : null;
  };
  return { element: others.element, logins };
}

/** @param {string} text */
const capital = (text) => text[0].toUpperCase() + text.slice(1);
