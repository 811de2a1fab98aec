// One's own account: the profile, the password, and the way out.

import { h, say } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { go } from "../lib/router.js";
import { store } from "../lib/store.js";
import { field } from "./entry.js";

export function accountForms(account, changed) {
  return [profile(account, changed), password(account), ways(account)];
}

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

function ways(account) {
  const sure = field("delete-password", { type: "password", autocomplete: "current-password" });
  const deletion = form(t("account.delete"), [h("p", {}, t("account.deleteWarning")), username(account), sure.element], t("account.deleteNow"), async () => {
    await store.rpc.call("accounts.delete", { password: sure.input.value });
    notice(t("account.deleted"));
    store.leave();
    go("lobby");
  }, "danger");
  return h("details", { class: "ways" }, h("summary", {}, t("account.delete")), deletion);
}

// Tells a password manager whose password it is.
function username({ login }) {
  return h("input", { type: "text", autocomplete: "username", value: login, hidden: true, readonly: true, "aria-hidden": "true", tabindex: -1 });
}

function form(title, fields, send, action, kind = "main") {
  const error = h("p", { class: "error", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    say(error, "");
    try {
      await action();
    } catch (problem) {
      say(error, words(problem));
    }
  };
  return h("form", { class: "card", "aria-label": title, on: { submit } },
    kind === "main" ? h("h2", {}, title) : null, fields, error, h("button", { type: "submit", class: kind }, send));
}
