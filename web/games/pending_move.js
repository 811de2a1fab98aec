// A move that the server has not answered yet, in the picture of the position.

import { means } from "./moves.js";

/**
 * Shows a move that the server has not answered yet, as far as it can be known.
 * @param {Page.Move} move
 * @param {Page.Picture} drawn
 * @param {number} seat
 */
export function carryOut(move, drawn, seat) {
  const { cells } = drawn.grids[0] ?? { cells: {} };
  if (move.kind === "go" && cells[move.from]) {
    cells[move.to] = cells[move.from];
    delete cells[move.from];
  } else if (move.kind === "put" && drawn.style !== "sea") {
    const hand = [...(drawn.hands[seat] ?? [])];
    const at = hand.findIndex((piece) => means(move.from, piece));
    if (at >= 0) {
      cells[move.to] = { piece: hand[at], side: seat };
      drawn.hands = drawn.hands.map((each, side) => (side === seat ? hand.toSpliced(at, 1) : each));
    }
  }
}
