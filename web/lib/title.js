// The window's title: what the page says, behind a mark while a game that is not shown waits for one's move.

const MARK = "● ";
let told = "Arbiter";
let marked = false;

const draw = () => { document.title = marked ? MARK + told : told; };

export function title(...parts) {
  told = [...parts, "Arbiter"].filter(Boolean).join(" · ");
  draw();
}

export function mark(yes) {
  marked = yes;
  draw();
}
