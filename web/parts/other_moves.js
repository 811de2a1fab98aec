// Buttons for the moves that can't be made on the board, so that every legal move can be played.

import { button, h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { squareAt } from "../games/picture.js";
import { means, read } from "../games/moves.js";

export class OtherMoves {
  #shown = "[]";

  /** @param {(move: any) => void} choose */
  constructor(choose) {
    this.choose = choose;
    this.element = h("div", { class: "others row", role: "group", "aria-label": t("game.otherMoves"), hidden: true });
  }

  /**
   * @param {any[]} legal
   * @param {Page.Picture} drawn
   * @param {string[]} hand the pieces that the player holds
   */
  show(legal, drawn, hand) {
    const squares = new Set(drawn.grids.filter(({ active }) => active).flatMap(squaresOf));
    const moves = legal.filter((move) => !canBeMade(read(move), squares, hand));
    const key = JSON.stringify(moves);
    if (key !== this.#shown) {
      this.#shown = key;
      this.element.hidden = moves.length === 0;
      this.element.replaceChildren(...moves.map((move) => button(typeof move === "string" ? move : JSON.stringify(move), () => this.choose(move))));
    }
  }
}

/** @param {Page.Grid} grid */
function squaresOf({ files, ranks }) {
  return Array.from({ length: files * ranks }, (_, index) => squareAt(index % files, Math.floor(index / files)));
}

/** @param {Page.Move | null} move @param {Set<string>} squares @param {string[]} hand */
function canBeMade(move, squares, hand) {
  if (!move || !squares.has(move.to)) {
    return false;
  }
  if (move.kind === "put") {
    return hand.some((piece) => means(move.from, piece));
  }
  return move.kind === "point" || (squares.has(move.from) && move.from !== move.to);
}
