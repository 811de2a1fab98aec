// What has been picked up, and where it may go: the same for pressing, dragging and the keyboard.

import { means, read } from "../games/moves.js";

export class Choice {
  picked = null; // a square, or "@" and the piece in hand
  #moves = [];

  // `isOwn(source)`: whether a player may pick this up to premove with, while the other is to move.
  constructor({ isOwn, choose, changed }) {
    this.isOwn = isOwn;
    this.choose = choose;
    this.changed = changed;
  }

  offer(legal, premoving) {
    this.#moves = legal.map(read).filter(Boolean);
    this.premoving = premoving;
    if (this.picked && !this.canPick(this.picked)) {
      this.picked = null;
    }
  }

  canPick(source) {
    return this.premoving ? this.isOwn(source) : this.from(source).length > 0;
  }

  from(source) {
    return this.#moves.filter((move) => (source.startsWith("@")
      ? move.kind === "put" && means(move.from, source.slice(1))
      : move.from === source));
  }

  targets() {
    if (this.picked) {
      return new Set(this.premoving ? [] : this.from(this.picked).map(({ to }) => to));
    }
    return new Set(this.#moves.filter(({ kind }) => kind === "point").map(({ to }) => to));
  }

  pick(source) {
    this.picked = source !== null && this.canPick(source) ? source : null;
    this.changed();
    return this.picked !== null;
  }

  // A square was pressed, or something was let go there.
  press(square) {
    if (this.picked === square) {
      this.pick(null);
    } else if (!this.goTo(square)) {
      this.pick(square);
    }
  }

  goTo(square) {
    const source = this.picked;
    if (this.premoving) {
      if (source === null) {
        return false;
      }
      this.picked = null;
      this.choose({ premove: { from: source, to: square } });
      return true;
    }
    const moves = source === null
      ? this.#moves.filter(({ kind, to }) => kind === "point" && to === square)
      : this.from(source).filter(({ to }) => to === square);
    if (moves.length === 0) {
      return false;
    }
    this.picked = null;
    this.choose({ moves });
    return true;
  }

  // The moves that a premove has become, now that it is one's turn.
  fitting({ from, to }) {
    return this.from(from).filter((move) => move.to === to);
  }
}
