// Copies text, also without HTTPS, where pages have no access to the clipboard.

import { focused, h } from "./dom.js";

/**
 * Copies a text. Returns whether that was possible.
 * @param {string} text
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return bySelecting(text);
  }
}

/** @param {string} text */
function bySelecting(text) {
  const held = focused();
  const area = h("textarea", { class: "unseen", readonly: true, "aria-hidden": true, value: text });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  held?.focus();
  return done;
}
