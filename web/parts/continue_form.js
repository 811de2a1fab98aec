// The dialog in which a game that has ended is continued from one of its positions.

import { button, h, patientButton } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { ownRooms } from "../lib/remembered.js";
import { go } from "../lib/router.js";
import { store } from "../lib/store.js";
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
  const dialog = h("dialog", { class: "question continue", "aria-label": title }, h("h2", {}, title));
  const cancel = button(t("challenge.cancel"), () => dialog.close());
  if (store.login) {
    computerPanel.chosen = () => ({ ...wanted, seats: players.length, turn });
    dialog.append(h("p", {}, t("continue.how")), ...(players.length > 1 ? [computerPanel] : []),
      h("div", { class: "answers" }, patientButton(t("continue.friend"), invite), cancel));
  } else {
    const begin = () => { dialog.close(); continueFrom(session, version, turn); };
    dialog.append(h("p", {}, t("continue.guest")), guestButton(t("continue.asGuest"), { after: begin }), h("div", { class: "answers" }, cancel));
  }
  showDialog(dialog);
}
