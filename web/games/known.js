// What helps to draw the games of this server, and their states do not say.

const GRIDS = {
  dobutsu: { files: 3, ranks: 4, facing: true, style: "tiles" },
  chess: { files: 8, ranks: 8, style: "checkered" },
};

const STRAIGHT = [[0, 1], [1, 0], [0, -1], [-1, 0]];
const DIAGONAL = [[1, 1], [1, -1], [-1, -1], [-1, 1]];
const STEPS = {
  chick: [[0, 1]],
  hen: [...STRAIGHT, [1, 1], [-1, 1]],
  giraffe: STRAIGHT,
  elephant: DIAGONAL,
  lion: [...STRAIGHT, ...DIAGONAL],
};

const SHIPS = { carrier: 5, battleship: 4, cruiser: 3, submarine: 3, destroyer: 2 };

export const shipLength = (piece) => SHIPS[piece] ?? 1;
export const knownGrid = (game) => GRIDS[game];
export const steps = (piece) => STEPS[piece] ?? null;

// The squares of what stands in check, or of a lion that could be taken next.
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

function squaresOf(cells, piece, side) {
  return Object.keys(cells).filter((square) => cells[square].piece === piece && cells[square].side === side);
}

function attacked(target, cells) {
  const { side } = cells[target];
  return Object.entries(cells).some(([square, each]) => each.side !== side &&
    (STEPS[each.piece] ?? []).some(([right, up]) => moved(square, right, each.side ? -up : up) === target));
}

function moved(square, right, up) {
  return `${String.fromCharCode(square.charCodeAt(0) + right)}${Number(square.slice(1)) + up}`;
}
