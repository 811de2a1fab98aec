// Copies text, also without HTTPS, where pages have no access to the clipboard.

import { focused, h } from "./dom.js";

/**
 * Copies a text, which the server may still be asked for: Safari lets a page copy only in the turn of a press. Returns whether that was
 * possible; throws what the text is rejected with.
 * @param {Promise<string>} text
 */
export async function copy(text) {
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text.then((each) => new Blob([each], { type: "text/plain" })) })]);
    return true;
  } catch {
    return bySelecting(await text);
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
