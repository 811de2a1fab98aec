// A grid of squares, each of them a button.
//
// Events: "press" {square}, and "lift" {square, event} when a pointer goes down on a square.

import { focused, h, set } from "../lib/dom.js";
import { squareAt } from "../games/picture.js";
import { drawPiece } from "./piece.js";

/** @type {Record<string, number[]>} steps to the right and up */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class GameBoard extends HTMLElement {
  /** @type {Map<string, HTMLElement>} */
  #squares = new Map();
  #shape = "";
  /** @type {Map<string, string>} what is drawn in each square */
  #shown = new Map();

  /** @type {Page.BoardView} */
  view;

  /** @param {Page.BoardView} view */
  show(view) {
    this.view = view;
    const { grid, flipped } = view;
    const shape = `${grid.key} ${grid.files} ${grid.ranks} ${flipped} ${grid.active} ${view.style} ${grid.squares}`;
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#build(grid, flipped);
    }
    set(this, { class: `board ${view.style}`, role: "group", "aria-label": view.label, "data-caption": view.captioned ? view.label : null });
    for (const [square, element] of this.#squares) {
      this.#draw(square, element);
    }
  }

  /** @param {string} square */
  element(square) {
    return /** @type {HTMLElement} */ (this.#squares.get(square));
  }

  /** @param {Page.Grid} grid @param {boolean} flipped */
  #build({ files, ranks, active, squares }, flipped) {
    const held = this.contains(focused()) ? focused()?.dataset.square : null;
    this.#squares.clear();
    this.#shown.clear();
    this.style.setProperty("--files", String(files));
    this.style.setProperty("--ranks", String(ranks));
    const rows = [...Array(ranks).keys()].map((row) => (flipped ? row : ranks - 1 - row));
    const columns = [...Array(files).keys()].map((column) => (flipped ? files - 1 - column : column));
    const isHexagonal = this.view.style === "hexagons";
    const there = (/** @type {string} */ square) => !squares || squares.includes(square);
    for (const [row, rank] of rows.entries()) {
      for (const [column, file] of columns.entries()) {
        const square = squareAt(file, rank);
        if (!there(square)) {
          continue;
        }
        const shade = (file + rank) % 2 ? "light" : "dark";
        const element = active
          ? h("button", { type: "button", class: `square ${shade}`, "data-square": square, tabindex: -1 })
          : h("span", { class: `square ${shade}`, role: "img" });
        element.append(
          rank === rows.at(-1) ? h("span", { class: "file", "data-at": square[0] }) : "",
          file === columns[0] ? h("span", { class: "rank", "data-at": square.slice(1) }) : "",
        );
        element.classList.toggle("north", row === 0);
        element.classList.toggle("south", row === ranks - 1);
        element.classList.toggle("west", column === 0);
        element.classList.toggle("east", column === files - 1);
        // Each rank of hexagons lies half a one further to the right than the one below it, for seat 0.
        element.style.gridRow = String(row + 1);
        element.style.gridColumn = isHexagonal ? `${2 * column + 1 + (flipped ? row : ranks - 1 - row)} / span 2` : String(column + 1);
        this.#squares.set(square, element);
      }
    }
    this.replaceChildren(...this.#squares.values());
    if (active) {
      const first = squareAt(0, flipped ? ranks - 1 : 0);
      this.#letTabIn(held ?? (there(first) ? first : [...this.#squares.keys()][0]));
    }
    if (held) {
      this.#squares.get(held)?.focus();
    }
  }

  /** @param {string} square @param {HTMLElement} element */
  #draw(square, element) {
    const { grid, marks, targets, describe, facing, style, drawn, flipped, picked } = this.view;
    const cell = grid.cells[square] ?? null;
    const turned = facing && cell !== null && (cell.side === 1) !== flipped;
    const key = JSON.stringify([cell, turned]);
    if (this.#shown.get(square) !== key) {
      this.#shown.set(square, key);
      for (const old of element.querySelectorAll(".piece, .shot")) {
        old.remove();
      }
      if (cell?.piece) {
        element.append(drawPiece({ ...cell, piece: cell.piece }, { style, turned, drawn }));
      }
      if (cell?.shot) {
        element.append(h("span", { class: `shot ${cell.shot}`, "aria-hidden": true }));
      }
    }
    const target = targets.has(square);
    element.classList.toggle("target", target);
    element.classList.toggle("occupied", Boolean(cell?.piece));
    for (const mark of ["last", "threat", "picked", "premove", "movable"]) {
      element.classList.toggle(mark, marks[square]?.includes(mark) ?? false);
    }
    set(element, { "aria-label": describe(square, cell) });
    if (grid.active) {
      set(element, {
        "aria-pressed": picked === square ? "true" : null,
        "aria-description": this.view.explain(square, target),
      });
    }
  }

  /** Makes a square the one that the Tab key reaches. @param {string} square */
  #letTabIn(square) {
    for (const [name, element] of this.#squares) {
      element.tabIndex = name === square ? 0 : -1;
    }
  }

  connectedCallback() {
    this.addEventListener("click", this.#onClick);
    this.addEventListener("keydown", this.#onKey);
    this.addEventListener("focusin", this.#onFocus);
    this.addEventListener("pointerdown", this.#onPointer);
  }

  #onClick = (/** @type {MouseEvent} */ event) => {
    const square = squareOf(event);
    if (square) {
      this.dispatchEvent(new CustomEvent("press", { detail: { square } }));
    }
  };

  #onPointer = (/** @type {PointerEvent} */ event) => {
    const square = squareOf(event);
    if (square && event.isPrimary && event.button === 0) {
      this.dispatchEvent(new CustomEvent("lift", { detail: { square, event } }));
    }
  };

  #onFocus = (/** @type {FocusEvent} */ event) => {
    const square = squareOf(event);
    if (square) {
      this.#letTabIn(square);
    }
  };

  #onKey = (/** @type {KeyboardEvent} */ event) => {
    const square = squareOf(event);
    const arrow = ARROWS[event.key];
    if (!square || !arrow) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const sign = this.view.flipped ? -1 : 1;
    const [file, rank] = [square.charCodeAt(0) - 97, Number(square.slice(1)) - 1];
    const at = (/** @type {number} */ right, /** @type {number} */ up) => this.#squares.get(squareAt(file + right * sign, rank + up * sign));
    const [right, up] = arrow;
    // Above a hexagon are two, of which one may be missing at the edge.
    (at(right, up) ?? (this.view.style === "hexagons" ? at(right - up, up) : undefined))?.focus();
  };
}

customElements.define("game-board", GameBoard);

/** Returns the square that an event is about. @param {Event} event */
function squareOf(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  return /** @type {HTMLElement | null} */ (target.closest("[data-square]"))?.dataset.square;
}
