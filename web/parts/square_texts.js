// What squares and boards are called, for who does not see them.

import { drawing } from "../lib/drawings.js";
import { t } from "../lib/i18n.js";
import { pieceName } from "./piece.js";

/** @param {Page.Grid} grid @param {Page.TableView} view */
export function gridLabel(grid, { seat, players }) {
  if (grid.owner === undefined) {
    return t("board.board");
  }
  return grid.key === "own" && seat !== null ? t("board.own") : t("board.seaOf", { player: players[grid.owner] });
}

/** Returns what stands on a square. @param {string} square @param {Page.Cell | null} cell @param {Page.TableView} view */
export function describeSquare(square, cell, { seat, players, game }) {
  const shot = cell?.shot ? t(`shot.${cell.shot}`) : null;
  if (!cell?.piece) {
    return shot ? t("square.shot", { square, shot }) : t("square.empty", { square });
  }
  const values = { square, piece: pieceName(cell.piece, drawing(game).word), player: players[cell.side] };
  const name = seat === null ? "of" : cell.side === seat ? "own" : players.length > 2 ? "of" : "other";
  const text = t(`square.${name}`, values);
  return shot ? t("square.pieceShot", { text, shot }) : text;
}

/**
 * Returns what a square is beside that: threatened, planned, or a target.
 * @param {string} square
 * @param {boolean} target
 * @param {string[]} threat
 * @param {Page.Premove | null | undefined} premove
 */
export function explainSquare(square, target, threat, premove) {
  if (threat.includes(square)) {
    return t("square.threatened");
  }
  if (square === premove?.from || square === premove?.to) {
    return t("square.planned");
  }
  return target ? t("square.target") : null;
}
