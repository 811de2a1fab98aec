// Icons of buttons, in the colour of their text.

import { svg } from "./dom.js";

/** @type {Record<string, string>} */
const PATHS = {
  first: "M5 4v16M19 4 8 12l11 8z",
  previous: "M17 4 6 12l11 8z",
  next: "M7 4l11 8-11 8z",
  last: "M19 4v16M5 4l11 8-11 8z",
  sound: "M4 9v6h4l5 4V5L8 9zM16.5 8.5q3 3.5 0 7M19 6q5.5 6 0 12",
  silence: "M4 9v6h4l5 4V5L8 9zM17 9l5 6M22 9l-5 6",
};

/** @param {string} name */
export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": true }, svg("path", { d: PATHS[name] }));
}
