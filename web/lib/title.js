// The window's title, with a mark before it while a game that is not shown waits for a move.

const MARK = "● ";
let text = "Arbiter";
let isMarked = false;

const draw = () => { document.title = isMarked ? MARK + text : text; };

/**
 * Sets the title; parts that are empty are left out.
 * @param {...(string | false | null | undefined)} parts
 */
export function title(...parts) {
  text = [...parts, "Arbiter"].filter(Boolean).join(" · ");
  draw();
}

/** @param {boolean} yes */
export function mark(yes) {
  isMarked = yes;
  draw();
}
