// Short messages at the foot of the page, read out by screen readers. None disappears by itself: whoever reads slowly, or is
// away, finds it. What has stood for long enough to be read gives way to whatever its reader does next.

import { button, h, part } from "./dom.js";
import { t } from "./i18n.js";

const MAX_NOTICES = 3;
const NOTICE_MS = 4000; // to notice a message, and then
const LETTER_MS = 60; // to read each of its letters
const ANSWER_FACTOR = 2; // where there is something to decide
const EMPTY_MS = 100; // long enough for a screen reader to see that the region is empty

/** @type {WeakMap<Element, number>} until when a notice is kept, by performance.now() */
const kept = new WeakMap();

/**
 * Shows a message, with a button for each action.
 * @param {string} text
 * @param {{ kind?: "info" | "bad", actions?: { text: string, run: () => unknown }[] }} options
 */
export function notice(text, { kind = "info", actions = [] } = {}) {
  const element = h("div", { class: `notice ${kind}` }, h("span", {}, text));
  element.append(...actions.map((action) => button(action.text, () => { element.remove(); action.run(); })));
  element.append(button("×", () => element.remove(), { class: "bare", "aria-label": t("notice.close") }));
  kept.set(element, performance.now() + (NOTICE_MS + LETTER_MS * text.length) * (actions.length ? ANSWER_FACTOR : 1));
  const others = [...part("notices").children].filter((each) => each.firstChild?.textContent !== text);
  part("notices").replaceChildren(...others.slice(1 - MAX_NOTICES), element);
  announce(text);
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

/** Removes what has been read, as its reader goes on. @param {Event} event */
function giveWay({ target }) {
  const all = part("notices");
  if (!(target instanceof Node && all.contains(target))) {
    const read = [...all.children].filter((element) => performance.now() >= (kept.get(element) ?? Infinity));
    read.forEach((element) => element.remove());
  }
}

for (const type of ["pointerdown", "keydown", "wheel", "hashchange"]) {
  addEventListener(type, giveWay, { passive: true });
}
