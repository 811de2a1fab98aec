// The form for the game's own options, as the web client makes it.

import { drawing } from "/web/lib/drawings.js";
import { schemaForm } from "/web/parts/schema_form.js";

let form = null;
let shown = "";

// Makes the form anew when the options or their schema have changed, but not while it is being filled in.
export function showOptions(place, { game, options }) {
  const wanted = JSON.stringify([game.options, game.drawing, options]);
  if (wanted === shown || place.contains(document.activeElement)) return;
  shown = wanted;
  form = game.options ? schemaForm(game.options, { prefix: "option-", word: drawing(game.name).word, values: [options] }) : null;
  place.replaceChildren(...(form ? [form.element] : []));
}

export const chosenOptions = () => form?.value() ?? {};
