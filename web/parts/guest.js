// What a guest is told: the name is kept by a password.

import { h, link, patientButton } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { address } from "../lib/router.js";
import { store } from "../lib/store.js";
import { ask } from "./dialog.js";

/**
 * Makes the button that makes a guest of a visitor; `after` is called then, and `failed` where that fails.
 * @param {string} text
 * @param {{ before?: () => void, after?: () => void, failed?: () => void }} options
 */
export function guestButton(text, { before = () => {}, after = () => {}, failed = () => {} } = {}) {
  return patientButton(text, async () => {
    before();
    try {
      await store.beGuest();
    } catch (error) {
      failed();
      notice(words(error), { kind: "bad" });
      return;
    }
    after();
  }, { class: "main huge" });
}

/** Makes a hint for a guest, with a link to where the password is set; null for others. */
export function guestHint() {
  return store.guest && h("aside", { class: "card guest-hint", "aria-label": t("guest.label") },
    h("p", {}, t("guest.hint", { player: store.login })),
    link(t("guest.claim"), address("player", store.login ?? ""), { class: "button" }));
}

/** Returns whether to log out: a guest, to whom nobody comes back then, is asked. */
export async function mayLeave() {
  return !store.guest || (await ask(t("guest.leave", { player: store.login }), [
    { text: t("guest.stay"), value: false, props: { class: "main" } },
    { text: t("account.logOut"), value: true, props: { class: "danger" } },
  ])) === true;
}
