// Dialogs, and questions in them.

import { button, h, part } from "../lib/dom.js";

// What is outside of an open dialog is covered, and screen readers are told nothing of it.
function moveMessages() {
  (document.querySelector("dialog[open]") ?? document.body).append(part("announcement"), part("notices"));
}

/** Shows a dialog until it is closed, or another page is. @param {HTMLDialogElement} dialog */
export function showDialog(dialog) {
  const close = () => dialog.close();
  addEventListener("hashchange", close);
  dialog.addEventListener("close", () => {
    removeEventListener("hashchange", close);
    moveMessages();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  moveMessages();
}

/**
 * Asks a question. Returns the value of the answer that was pressed, or null.
 * @template Value
 * @param {string} question
 * @param {{ text: string, value: Value, icon?: Page.Child, props?: Page.Props }[]} answers
 * @returns {Promise<Value | null>}
 */
export function ask(question, answers) {
  return new Promise((resolve) => {
    /** @type {Value | null} */
    let chosen = null;
    const dialog = h("dialog", { class: "question", "aria-label": question },
      h("p", {}, question),
      h("div", { class: "answers" }, answers.map(({ text, icon, value, props }) =>
        button([icon, h("span", {}, text)].filter(Boolean), () => { chosen = value; dialog.close(); }, props))));
    dialog.addEventListener("close", () => resolve(chosen));
    showDialog(dialog);
  });
}
