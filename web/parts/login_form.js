// Playing as a guest; registering and logging in, in one form.

/**
 * @typedef {{
 *   input: HTMLInputElement, hint: HTMLElement, element: HTMLElement, wrong: boolean,
 *   complain: (text: string) => void,
 * }} Field
 */

import { button, h, say, set } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { t } from "../lib/i18n.js";
import * as settings from "../lib/settings.js";
import { store } from "../lib/store.js";
import { guestButton } from "./guest.js";

const LOGIN = /^[A-Za-z0-9_-]{3,20}$/;
const PASSWORD_CHARACTERS = { min: 8, max: 128 };

export class EntryForm extends HTMLElement {
  /** @type {Field} */
  login;
  /** @type {Field} */
  password;
  /** @type {HTMLButtonElement} */
  eye;
  /** @type {HTMLInputElement} */
  stays;
  /** @type {HTMLButtonElement} */
  register;
  /** @type {HTMLButtonElement} */
  enter;
  /** @type {HTMLElement} */
  error;
  /** @type {HTMLFormElement} */
  form;

  connectedCallback() {
    if (this.login) {
      return;
    }
    this.className = "entry card";
    this.login = field("login", { autocomplete: "username", autocapitalize: "none", spellcheck: "false", maxlength: 20 }, t("entry.loginHint"));
    this.password = field("password", { type: "password", maxlength: PASSWORD_CHARACTERS.max }, t("entry.passwordHint"));
    this.eye = button(t("entry.show"), () => this.#reveal(), { class: "bare eye", "aria-label": t("entry.showTyped"), "aria-pressed": "false" });
    this.password.input.after(this.eye);
    this.stays = h("input", { type: "checkbox", id: "stays" });
    this.register = h("button", { type: "button" }, t("entry.register"));
    this.enter = h("button", { type: "button" }, t("entry.logIn"));
    this.register.addEventListener("click", () => this.#send("auth.register", true));
    this.enter.addEventListener("click", () => this.#send("auth.login", false));
    this.error = h("p", { class: "error", role: "alert", id: "entry-error" });
    const known = settings.get("hasPlayed", false);
    this.form = h("form", { novalidate: true, on: { submit: (event) => this.#submit(event) } },
      h("fieldset", { class: "who" }, h("legend", { class: "unseen" }, t("entry.who")),
        this.#who("new", t("entry.new"), !known), this.#who("back", t("entry.back"), known)),
      this.login.element, this.password.element,
      h("div", { class: "check" }, this.stays, h("label", { for: "stays" }, t("entry.stay"))),
      this.error,
      h("div", { class: "row" }, this.register, this.enter));
    this.append(...(this.dataset.guest === "no" ? [] : this.#guest()), this.form);
    this.#isBack(known);
  }

  #guest() {
    return [
      guestButton(t("entry.guest")), h("p", { class: "hint" }, t("entry.guestHint")),
      h("p", { class: "or" }, t("entry.or")),
    ];
  }

  /** @param {"new" | "back"} value @param {string} text @param {boolean} checked */
  #who(value, text, checked) {
    const input = h("input", { type: "radio", name: "who", value, id: `who-${value}`, checked, on: { change: () => this.#isBack(value === "back") } });
    return h("span", {}, input, h("label", { for: `who-${value}` }, text));
  }

  // Password managers fill in a known password, or offer a new one.
  /** @param {boolean} back whether the player has an account */
  #isBack(back) {
    this.password.input.autocomplete = back ? "current-password" : "new-password";
    this.register.className = back ? "" : "main";
    this.enter.className = back ? "main" : "";
    set(this.register, { type: back ? "button" : "submit" });
    set(this.enter, { type: back ? "submit" : "button" });
    this.password.hint.hidden = back;
    this.login.hint.hidden = back;
  }

  #reveal() {
    const shown = this.password.input.type === "password";
    this.password.input.type = shown ? "text" : "password";
    set(this.eye, { "aria-pressed": String(shown) });
    say(this.eye, shown ? t("entry.hide") : t("entry.show"));
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault(); // the click on the button has sent it, also when the Enter key made it
  }

  /** @param {"auth.register" | "auth.login"} method @param {boolean} isNew */
  async #send(method, isNew) {
    const [login, password] = [this.login.input.value.trim(), this.password.input.value];
    this.login.complain(isNew && !LOGIN.test(login) ? t("entry.loginHint") : login ? "" : t("entry.loginMissing"));
    const short = password.length < PASSWORD_CHARACTERS.min;
    this.password.complain(isNew && short ? t("entry.passwordShort", { count: PASSWORD_CHARACTERS.min }) : password ? "" : t("entry.passwordMissing"));
    say(this.error, "");
    const wrong = [this.login, this.password].find((each) => each.wrong);
    if (wrong) {
      wrong.input.focus();
      return;
    }
    this.#busy(true);
    try {
      await store.enter(method, login, password, this.stays.checked);
      settings.put("hasPlayed", true);
    } catch (error) {
      this.#tell(error);
    }
    this.#busy(false);
  }

  /** @param {Page.Failure} error */
  #tell(error) {
    const text = error.type === "Disconnected" ? t("error.Disconnected") : words(error);
    if (error.type === "LoginTaken") {
      this.login.complain(text);
      this.login.input.focus();
    } else if (["InvalidCredentials", "WeakPassword"].includes(error.type)) {
      this.password.complain(text);
      this.password.input.focus();
    } else {
      say(this.error, text);
    }
  }

  /** @param {boolean} busy */
  #busy(busy) {
    this.register.disabled = this.enter.disabled = busy;
    set(this.form, { "aria-busy": busy ? "true" : null });
  }
}

customElements.define("entry-form", EntryForm);

/**
 * Makes a labelled field with a hint and a place for its error.
 * @param {string} name
 * @param {Page.Props} props
 * @returns {Field}
 */
export function field(name, props, hintText = "") {
  const id = `field-${name}`;
  const input = h("input", { id, name, type: "text", "aria-describedby": `${id}-error ${id}-hint`, ...props });
  const error = h("p", { class: "error", id: `${id}-error` });
  const hint = h("p", { class: "hint", id: `${id}-hint` }, hintText);
  /** @type {Field} */
  const made = {
    input, hint,
    wrong: false,
    element: h("div", { class: "field" }, h("label", { for: id }, t(`field.${name}`)), h("div", { class: "box" }, input), error, hint),
    complain(text) {
      made.wrong = text !== "";
      say(error, text);
      set(input, { "aria-invalid": made.wrong ? "true" : null });
    },
  };
  return made;
}
