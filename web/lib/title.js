// The window's title, with a mark before it while something waits: a move in a game that is not shown, or a challenge.

const MARK = "● ";
let text = "Arbiter";
/** @type {Set<string>} */
const waiting = new Set();

const draw = () => { document.title = waiting.size ? MARK + text : text; };

/**
 * Sets the title; parts that are empty are left out.
 * @param {...(string | false | null | undefined)} parts
 */
export function title(...parts) {
  text = [...parts, "Arbiter"].filter(Boolean).join(" · ");
  draw();
}

/** Marks that something of this kind waits, or does not. @param {"move" | "challenge"} kind @param {boolean} yes */
export function mark(kind, yes) {
  waiting[yes ? "add" : "delete"](kind);
  draw();
}
