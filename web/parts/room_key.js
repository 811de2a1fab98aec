// The key of a private room, and the button that joins it.

import { h } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { t } from "../lib/i18n.js";
import { go } from "../lib/router.js";
import { store } from "../lib/store.js";
import { field } from "./login_form.js";

/**
 * Makes the form. `waits` is called if the room is not full yet, `knows` if the player is in it already.
 * @param {{ key?: string, main?: boolean, waits?: (room: Protocol.PrivateRoom) => void, knows?: (() => void) | null }} options
 */
export function keyForm({ key = "", main = false, waits = () => {}, knows = null } = {}) {
  const typed = field("key", { value: key, autocomplete: "off", autocapitalize: "characters", spellcheck: "false" });
  const button = h("button", { type: "submit", class: main ? "main" : "" }, t("room.join"));
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const text = typed.input.value.trim().split("/").at(-1) ?? ""; // it may be a whole link
    typed.complain(text ? "" : t("room.keyMissing"));
    if (!text) {
      return;
    }
    button.disabled = true;
    try {
      const room = await store.rpc.call("private_rooms.join", { connection_key: text });
      if (room.session_id) {
        go("game", room.session_id);
      } else {
        waits(room);
      }
    } catch (error) {
      if (error.type === "AlreadyInRoom" && knows) {
        knows();
      } else {
        typed.complain(words(error));
      }
    }
    button.disabled = false;
  };
  return { element: h("form", { class: "by-key", on: { submit } }, typed.element, button), button };
}
