// Short messages that disappear: at the foot of the page, and read out by screen readers.

import { button, h, part } from "./dom.js";
import { t } from "./i18n.js";

const NOTICE_MS = 7000;
const EMPTY_MS = 100; // long enough for a screen reader to see that the region is empty

/**
 * Shows a message, with a button for each action.
 * @param {string} text
 * @param {{ kind?: "info" | "bad", actions?: { text: string, run: () => unknown }[] }} options
 */
export function notice(text, { kind = "info", actions = [] } = {}) {
  const element = h("div", { class: `notice ${kind}` }, h("span", {}, text));
  element.append(...actions.map((action) => button(action.text, () => { element.remove(); action.run(); })));
  const close = () => element.remove();
  element.append(button("×", close, { class: "bare", "aria-label": t("notice.close") }));
  const all = part("notices");
  all.replaceChildren(element);
  announce(text);
  setTimeout(close, actions.length ? NOTICE_MS * 4 : NOTICE_MS);
}

/**
 * Has screen readers read a text out. Emptied first: the same words would else be no change.
 * @param {string} text
 */
export function announce(text) {
  const region = part("announcement");
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, EMPTY_MS);
}
