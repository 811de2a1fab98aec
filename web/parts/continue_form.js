// The dialog in which a game that has ended is continued from one of its positions.

import { button, h, patientButton } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { announce } from "../lib/notices.js";
import { ownRooms } from "../lib/remembered.js";
import { go } from "../lib/router.js";
import { store } from "../lib/store.js";
import { levelOf } from "./bot_profiles.js";
import { computerPanel } from "./computer.js";
import { showDialog } from "./dialog.js";
import { guestButton } from "./guest.js";
import { attempt } from "./rooms.js";

/**
 * Asks with whom to go on, and begins a game with the same clock and options.
 * @param {Protocol.Session} session
 * @param {number} version of the position
 * @param {number | null} [turn] the seat that is to move there
 */
export function continueFrom(session, version, turn) {
  const { session_id, game, options, players } = session;
  const title = t("continue.title");
  const wanted = { game, options: { ...options, rated: false, from: { session_id, version } } };
  const invite = async () => {
    const room = await attempt(() => store.rpc.call("private_rooms.create", { ...wanted, seats: players.length }));
    if (room) {
      ownRooms.ids = [...ownRooms.ids, room.room_id];
      go("lobby"); // which shows the link
    }
  };
  const [login, ...others] = opponents(players);
  const challenge = async () => {
    if (await attempt(() => store.rpc.call("rooms.challenge", { login, ...(others.length ? { others } : {}), ...wanted }))) {
      dialog.close();
      announce(t("challenge.sent", { player: [login, ...others].join(", ") })); // the strip above the page shows it
    }
  };
  const dialog = h("dialog", { class: "question continue", "aria-label": title }, h("h2", {}, title));
  const cancel = button(t("challenge.cancel"), () => dialog.close());
  if (store.login) {
    const before = computerPanel.chosen;
    computerPanel.chosen = () => ({ ...wanted, seats: players.length, turn });
    dialog.addEventListener("close", () => { computerPanel.chosen = before ?? computerPanel.chosen; }); // a search may offer it
    dialog.append(h("p", {}, t("continue.how")), ...(players.length > 1 ? [computerPanel] : []),
      h("div", { class: "answers" },
        login ? patientButton(t("challenge.title", { player: [login, ...others].join(", ") }), challenge) : null,
        patientButton(t("continue.friend"), invite), cancel));
  } else {
    const begin = () => { dialog.close(); continueFrom(session, version, turn); };
    dialog.append(h("p", {}, t("continue.guest")), guestButton(t("continue.asGuest"), { after: begin }), h("div", { class: "answers" }, cancel));
  }
  showDialog(dialog);
}

/** Returns whom the player has played, unless that was the computer, which is played otherwise. @param {string[]} players */
function opponents(players) {
  const others = players.filter((login) => login !== store.login);
  return others.length < players.length && others.some((login) => levelOf(login) === null) ? others : [];
}
