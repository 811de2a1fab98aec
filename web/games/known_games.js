// Hints for drawing the games that come with Arbiter, which their states do not have.

/** @type {Record<string, { files: number, ranks: number, facing?: boolean, style: string }>} */
const GRIDS = {
  dobutsu: { files: 3, ranks: 4, facing: true, style: "tiles" },
  chess: { files: 8, ranks: 8, style: "checkered" },
};

const STRAIGHT = [[0, 1], [1, 0], [0, -1], [-1, 0]];
const DIAGONAL = [[1, 1], [1, -1], [-1, -1], [-1, 1]];
/** @type {Record<string, number[][]>} how far right and up a piece may step */
const STEPS = {
  chick: [[0, 1]],
  hen: [...STRAIGHT, [1, 1], [-1, 1]],
  giraffe: STRAIGHT,
  elephant: DIAGONAL,
  lion: [...STRAIGHT, ...DIAGONAL],
};

/** @type {Record<string, number>} in squares */
const SHIPS = { carrier: 5, battleship: 4, cruiser: 3, submarine: 3, destroyer: 2 };

/** @param {string} piece */
export const shipLength = (piece) => SHIPS[piece] ?? 1;
/** @param {string} game @returns {(typeof GRIDS)[string] | undefined} */
export const knownGrid = (game) => GRIDS[game];
/** @param {string} piece */
export const steps = (piece) => STEPS[piece] ?? null;

/**
 * Returns the squares of a king in check, or of lions that could be captured next.
 * @param {string} game
 * @param {Page.State} state
 * @param {Page.Cells} cells
 * @param {boolean} active
 */
export function threatened(game, state, cells, active) {
  if (state.fen) {
    return state.check ? squaresOf(cells, "king", state.turn) : [];
  }
  if (game !== "dobutsu" || !active) {
    return [];
  }
  return [0, 1].flatMap((side) => squaresOf(cells, "lion", side))
    .filter((square) => attacked(square, cells));
}

/** @param {Page.Cells} cells @param {string} piece @param {number} side */
function squaresOf(cells, piece, side) {
  return Object.keys(cells).filter((square) => cells[square].piece === piece && cells[square].side === side);
}

/** @param {string} target @param {Page.Cells} cells */
function attacked(target, cells) {
  const { side } = cells[target];
  return Object.entries(cells).some(([square, each]) => each.side !== side &&
    (STEPS[each.piece ?? ""] ?? []).some(([right, up]) => moved(square, right, each.side ? -up : up) === target));
}

/** @param {string} square @param {number} right @param {number} up */
function moved(square, right, up) {
  return `${String.fromCharCode(square.charCodeAt(0) + right)}${Number(square.slice(1)) + up}`;
}
