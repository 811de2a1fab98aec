// Copies text, also without HTTPS, where browsers have no clipboard for pages.

import { focused, h } from "./dom.js";

// Whether it could be copied.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return bySelecting(text);
  }
}

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
