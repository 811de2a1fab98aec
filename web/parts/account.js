// The player's account: the profile, the password, and its deletion.

import { h, say } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { go } from "../lib/router.js";
import * as settings from "../lib/settings.js";
import { store } from "../lib/store.js";
import { field } from "./login_form.js";

/**
 * Makes the forms; `changed` is called when the profile has been changed.
 * @param {Protocol.Account} account
 * @param {() => void} changed
 */
export function accountForms(account, changed) {
  return [profile(account, changed), ...(account.guest ? [] : [password(account), deletion(account)])];
}

/** @param {Protocol.Account} account @param {() => void} changed */
function profile(account, changed) {
  const name = field("display-name", { value: account.display_name, maxlength: 50, autocomplete: "nickname" });
  const bio = h("textarea", { id: "bio", rows: 3, maxlength: 500, value: account.bio });
  return form(t("account.profile"), [
    name.element,
    h("div", { class: "field" }, h("label", { for: "bio" }, t("account.bio")), bio),
  ], t("account.save"), async () => {
    await store.rpc.call("accounts.update", { display_name: name.input.value, bio: bio.value });
    notice(t("account.saved"));
    changed();
  });
}

/**
 * Makes the form by which a guest sets a password.
 * @param {Protocol.Account} account
 */
export function claimForm(account) {
  const fresh = field("new-password", { type: "password", autocomplete: "new-password", required: true, minlength: 8, maxlength: 128 }, t("entry.passwordHint"));
  return form(t("guest.claim"), [h("p", {}, t("guest.why", { player: account.login })), username(account), fresh.element], t("guest.claim"), async () => {
    await store.claim(fresh.input.value);
    settings.put("hasPlayed", true);
    notice(t("guest.claimed"));
  }, { explain: (problem) => (problem.type === "InvalidCredentials" ? t("guest.claimedBefore") : words(problem)) });
}

/** @param {Protocol.Account} account */
function password(account) {
  const [old, fresh] = [
    field("old-password", { type: "password", autocomplete: "current-password" }),
    field("new-password", { type: "password", autocomplete: "new-password", minlength: 8, maxlength: 128 }),
  ];
  return form(t("account.password"), [username(account), old.element, fresh.element], t("account.change"), async () => {
    await store.rpc.call("auth.change_password", { password: old.input.value, new_password: fresh.input.value });
    notice(t("account.changed"));
    store.leave();
    go("lobby");
  });
}

/** @param {Protocol.Account} account */
function deletion(account) {
  const sure = field("delete-password", { type: "password", autocomplete: "current-password" });
  const sent = form(t("account.delete"), [h("p", {}, t("account.deleteWarning")), username(account), sure.element], t("account.deleteNow"), async () => {
    await store.rpc.call("accounts.delete", { password: sure.input.value });
    notice(t("account.deleted"));
    store.leave();
    go("lobby");
  }, { kind: "danger" });
  return h("details", { class: "ways" }, h("summary", {}, t("account.delete")), sent);
}

/** Makes a hidden field that tells a password manager whose password it is. @param {Protocol.Account} account */
function username({ login }) {
  return h("input", { type: "text", autocomplete: "username", value: login, hidden: true, readonly: true, "aria-hidden": "true", tabindex: -1 });
}

/**
 * Makes a form with a button that runs an action and a place for its error.
 * @param {string} title
 * @param {HTMLElement[]} fields
 * @param {string} send the text of the button
 * @param {() => Promise<void>} action
 * @param {{ kind?: string, explain?: (problem: Page.Failure) => string }} options
 */
function form(title, fields, send, action, { kind = "main", explain = words } = {}) {
  const error = h("p", { class: "error", role: "alert" });
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    say(error, "");
    try {
      await action();
    } catch (problem) {
      say(error, explain(problem));
    }
  };
  return h("form", { class: "card", "aria-label": title, on: { submit } },
    kind === "main" ? h("h2", {}, title) : null, fields, error, h("button", { type: "submit", class: kind }, send));
}
