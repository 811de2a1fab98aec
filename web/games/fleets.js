// Makes a picture of hidden fleets: a sea for each seat, with its shots and the ships that the viewer may see.

const SIZE = 10; // squares

/**
 * @param {Page.State} state
 * @param {{ seat: number | null, active: boolean }} view
 * @returns {Page.Picture}
 */
export function seas(state, { seat, active }) {
  const placing = state.turn === null;
  const mine = seat ?? 0;
  const grids = [1 - mine, mine].map((owner) => ({
    key: owner === mine ? "own" : "other",
    owner,
    files: SIZE,
    ranks: SIZE,
    cells: sea(state, owner),
    // Squares of one sea at a time can be pressed: the viewer's to place ships, the other to shoot.
    active: active && (placing ? owner === mine : owner !== mine),
  }));
  /** @type {string[][]} */
  const hands = [[], []];
  hands[mine] = state.to_place ?? [];
  return {
    grids: placing && seat !== null ? grids.slice(1) : grids,
    hands,
    held: false,
    last: [],
    lastIn: state.last_move && !placing ? { key: state.turn === mine ? "own" : "other", square: state.last_move } : null,
    threat: [],
    facing: false,
    style: "sea",
  };
}

/** @param {Page.State} state @param {number} owner */
function sea(state, owner) {
  /** @type {Page.Cells} */
  const cells = {};
  for (const [ship, squares] of Object.entries(state.fleets[owner])) {
    for (const square of squares) {
      cells[square] = { piece: ship, side: owner, art: "ship" };
    }
  }
  for (const [square, result] of Object.entries(state.shots[1 - owner])) {
    cells[square] = { ...cells[square], side: owner, shot: result };
  }
  return cells;
}
