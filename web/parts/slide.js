// Lets pieces slide to where they have gone, unless less motion is wished for.

const LASTS = 170;
const MOST = 4; // more have not moved: it is quite another position

// Which pieces have gone from where to where: pairs of squares.
export function gone(before, after) {
  const left = squaresBeyond(before, after);
  return squaresBeyond(after, before).flatMap((to) => {
    const at = left.findIndex((from) => isSame(before[from], after[to]));
    return at < 0 ? [] : [[...left.splice(at, 1), to]];
  });
}

// `element(square)` is what a square is drawn in.
export function slide(pairs, element) {
  if (pairs.length > MOST || matchMedia("(prefers-reduced-motion: reduce)").matches) {
    return;
  }
  for (const [from, to] of pairs) {
    const [start, end] = [from, to].map((square) => element(square).getBoundingClientRect());
    const away = `translate(${start.x - end.x}px, ${start.y - end.y}px)`;
    element(to).querySelector(".piece").animate(
      [{ transform: away, zIndex: 4 }, { transform: "none", zIndex: 4 }], { duration: LASTS, easing: "ease-out" });
  }
}

function squaresBeyond(cells, others) {
  return Object.keys(cells).filter((square) => cells[square].piece && !isSame(cells[square], others[square]));
}

const isSame = (one, other) => one?.piece === other?.piece && one?.side === other?.side;
