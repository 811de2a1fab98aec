// Makes a picture of the board that a game's `state` has, by the hints that docs/drawing-a-game.md describes:
// `board`, `hands`, `fen`, `grid`, `fleets` and `shots`.

import { fromFen } from "./fen.js";
import { seas } from "./fleets.js";
import { knownGrid, threatened } from "./known_games.js";
import { read } from "./moves.js";
import { holdPieces, things } from "./state_values.js";

/**
 * Returns what is to be drawn: no grid if the game has no board. Without a size, a board is as large as the moves in `legal` and `seen`.
 * @param {string} game
 * @param {Page.State} state
 * @param {{ seat: number | null, active: boolean, legal?: any[], seen: Iterable<any>, own: Record<string, any> }} view `own` has the game's own hints, beside those of the state
 * @returns {Page.Picture}
 */
export function picture(game, state, { seat, active, legal, seen, own }) {
  if (state.fleets && state.shots) {
    return seas(state, { seat, active });
  }
  const hints = { ...knownGrid(game), ...own, ...state.grid };
  const drawn = state.fen ? fromFen(state.fen) : hasBoard(state, hints, legal, seen) ? fromBoard(state, hints, legal, seen) : null;
  const held = drawn !== null && Boolean(state.hands) && holdPieces(state.hands);
  return {
    grids: drawn ? [{ key: "board", active: true, ...drawn }] : [],
    hands: held ? state.hands.map(things) : drawn?.hands ?? [],
    held,
    last: lastSquares(state),
    threat: drawn ? threatened(game, state, drawn.cells, active) : [],
    facing: hints.facing ?? false,
    style: hints.style ?? "plain",
  };
}

/**
 * @param {Page.State} state
 * @param {Record<string, any>} hints
 * @param {any[] | undefined} legal
 * @param {Iterable<any>} seen
 */
function hasBoard(state, hints, legal, seen) {
  return Boolean(state.board) || Object.keys(hints).length > 0 || [...(legal ?? []), ...seen].some((move) => read(move) !== null);
}

/** @param {Page.State} state @returns {string[]} */
export function lastSquares(state) {
  return typeof state.last_move === "string" ? state.last_move.match(/[a-z]\d+/g) ?? [] : [];
}

/**
 * @param {Page.State} state
 * @param {Record<string, any>} hints
 * @param {any[] | undefined} legal
 * @param {Iterable<any>} seen
 * @returns {{ files: number, ranks: number, squares?: string[], cells: Page.Cells, hands?: string[][] }}
 */
function fromBoard(state, hints, legal, seen) {
  const seenSize = extent([...Object.keys(state.board ?? {}), ...(legal ?? []), ...seen]);
  const { files = seenSize.files, ranks = seenSize.ranks, squares } = hints;
  return { files, ranks, squares, cells: { ...state.board } };
}

/** @param {any[]} texts */
function extent(texts) {
  let [files, ranks] = [1, 1];
  for (const text of texts) {
    for (const [, file, rank] of String(text).matchAll(/([a-z])(\d+)/g)) {
      files = Math.max(files, file.charCodeAt(0) - 96);
      ranks = Math.max(ranks, Number(rank));
    }
  }
  return { files, ranks };
}

/** Returns the name of a square. @param {number} file from 0 @param {number} rank from 0 */
export function squareAt(file, rank) {
  return `${String.fromCharCode(97 + file)}${rank + 1}`;
}
