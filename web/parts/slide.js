// Slides pieces to where they have moved, unless the reader prefers reduced motion.

const SLIDE_MS = 170;
const MAX_PIECES = 4; // if more differ, it is quite another position

/**
 * Returns from where to where pieces have moved.
 * @param {Page.Cells} before
 * @param {Page.Cells} after
 * @returns {[string, string][]}
 */
export function gone(before, after) {
  const left = squaresBeyond(before, after);
  return squaresBeyond(after, before).flatMap((to) => {
    const at = left.findIndex((from) => isSame(before[from], after[to]));
    return at < 0 ? [] : [/** @type {[string, string]} */ ([...left.splice(at, 1), to])];
  });
}

/**
 * @param {[string, string][]} pairs
 * @param {(square: string) => HTMLElement} element
 */
export function slide(pairs, element) {
  if (pairs.length > MAX_PIECES || matchMedia("(prefers-reduced-motion: reduce)").matches) {
    return;
  }
  for (const [from, to] of pairs) {
    const [start, end] = [from, to].map((square) => element(square).getBoundingClientRect());
    const away = `translate(${start.x - end.x}px, ${start.y - end.y}px)`;
    element(to).querySelector(".piece")?.animate(
      [{ transform: away, zIndex: 4 }, { transform: "none", zIndex: 4 }], { duration: SLIDE_MS, easing: "ease-out" });
  }
}

/** @param {Page.Cells} cells @param {Page.Cells} others */
function squaresBeyond(cells, others) {
  return Object.keys(cells).filter((square) => cells[square].piece && !isSame(cells[square], others[square]));
}

/** @param {Page.Cell | undefined} one @param {Page.Cell | undefined} other */
const isSame = (one, other) => one?.piece === other?.piece && one?.side === other?.side;
