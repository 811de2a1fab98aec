// Short words that pass: at the page's foot, and read out by screen readers.

import { button, h, part } from "./dom.js";
import { t } from "./i18n.js";

const LASTS = 7000;
const NOTICED = 100; // until then a screen reader has seen that there was nothing

/**
 * @param {string} text
 * @param {{ kind?: "info" | "bad", action?: { text: string, run: () => unknown } | null }} options
 */
export function notice(text, { kind = "info", action = null } = {}) {
  const element = h("div", { class: `notice ${kind}` }, h("span", {}, text));
  if (action) {
    element.append(button(action.text, () => { element.remove(); action.run(); }));
  }
  const close = () => element.remove();
  element.append(button("×", close, { class: "bare", "aria-label": t("notice.close") }));
  const all = part("notices");
  all.replaceChildren(element);
  announce(text);
  setTimeout(close, action ? LASTS * 4 : LASTS);
}

/**
 * Has screen readers read a text out. Emptied first: the same words would else be no change.
 * @param {string} text
 */
export function announce(text) {
  const region = part("announcement");
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, NOTICED);
}
