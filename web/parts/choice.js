// What is picked up, and where it may go: the same for pressing, dragging and the keyboard.

import { begins, read } from "../games/moves.js";

export class Choice {
  /** @type {string | null} a square, or "@" and the piece in hand */
  picked = null;
  /** @type {Page.Premove | null} */
  premove = null;
  /** @type {Page.Move[]} */
  #moves = [];
  premoving = false;

  /**
   * `isOwn` tells whether the player may pick a piece up to plan a move while the opponent is to move.
   * @param {{ isOwn: (source: string) => boolean, choose: (chosen: Page.Choice) => void, changed: () => void }} options
   */
  constructor({ isOwn, choose, changed }) {
    this.isOwn = isOwn;
    this.choose = choose;
    this.changed = changed;
  }

  /** @param {any[]} legal @param {boolean} premoving @param {Page.Premove | null} premove */
  offer(legal, premoving, premove) {
    this.#moves = legal.map(read).filter((move) => move !== null);
    this.premoving = premoving;
    this.premove = premove;
    if (this.picked && !this.canPick(this.picked)) {
      this.picked = null;
    }
  }

  /** @param {string} source */
  canPick(source) {
    return this.premoving ? this.isOwn(source) : this.from(source).length > 0;
  }

  /** @param {string} source */
  from(source) {
    return this.#moves.filter((move) => begins(move, source));
  }

  targets() {
    if (this.picked) {
      return new Set(this.premoving ? [] : this.from(this.picked).map(({ to }) => to));
    }
    return new Set(this.#moves.filter(({ kind }) => kind === "point").map(({ to }) => to));
  }

  // A planned move is taken back whenever something is picked up or put back.
  /** @param {string | null} source */
  pick(source) {
    if (this.premove) {
      this.choose({ premove: null });
    }
    this.picked = source !== null && this.canPick(source) ? source : null;
    this.changed();
    return this.picked !== null;
  }

  // After a press on a square.
  /** @param {string} square */
  press(square) {
    if (this.picked === square || !this.goTo(square)) {
      this.toggle(square);
    }
  }

  /** @param {string} source */
  toggle(source) {
    const isTaken = this.picked === source || this.premove?.from === source || this.premove?.to === source;
    this.pick(isTaken ? null : source);
  }

  /** @param {string} square */
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
}
