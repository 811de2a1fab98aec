// The board with the hands, or what a game without a board has, and the moves.
//
// Events: "move" {move} when one has been chosen, and "premove" {premove} with the planned move or null.

import { button, h } from "../lib/dom.js";
import { drawing } from "../lib/drawings.js";
import { has, t } from "../lib/i18n.js";
import { announce } from "../lib/notices.js";
import { store } from "../lib/store.js";
import { carryOut } from "../games/pending_move.js";
import { picture } from "../games/picture.js";
import { cardsIn, things, values } from "../games/state_values.js";
import { inWords } from "../games/words.js";
import { ask } from "./dialog.js";
import { follow, justDragged } from "./drag.js";
import { Choice } from "./choice.js";
import { OtherMoves } from "./other_moves.js";
import { drawPiece, pieceName } from "./piece.js";
import { gone, slide } from "./slide.js";
import { describeSquare, explainSquare, gridLabel } from "./square_texts.js";
import { ValuesView } from "./values_view.js";
import "./board.js";
import "./hand.js";

const SHIP_DIRECTIONS = ["h", "v"];
/** @type {Record<string, string>} */
const ARROWS = { h: "→", v: "↑" };
/** @type {Record<string, string>} */
const PROMOTED = { q: "queen", r: "rook", b: "bishop", n: "knight" };

export class GameTable extends HTMLElement {
  /** @type {Map<string, import("./board.js").GameBoard>} by the key of their grids */
  #boards = new Map();
  #direction = "h";
  #seen = new Set();
  /** @type {{ key: string, cells: Page.Cells, bottom: number } | null} what was drawn last */
  #before = null;
  /** @type {Page.TableView} */
  view;
  /** @type {Page.Picture} */
  drawn;
  /** @type {Choice} */
  choice;
  /** @type {OtherMoves} */
  others;
  /** @type {ValuesView} */
  values;
  /** @type {import("./hand.js").PieceHand} */
  top;
  /** @type {import("./hand.js").PieceHand} */
  bottom;
  /** @type {HTMLElement} */
  grids;
  /** @type {HTMLButtonElement} */
  turnShip;

  connectedCallback() {
    if (this.top) {
      return;
    }
    this.className = "table";
    this.top = document.createElement("piece-hand");
    this.bottom = document.createElement("piece-hand");
    this.grids = h("div", { class: "grids" });
    this.turnShip = button([t("game.turnShip"), h("span", { "aria-hidden": true }, ARROWS.h)], () => this.#turnShips(), { class: "quiet" });
    this.choice = new Choice({
      isOwn: (source) => this.#isOwn(source),
      choose: (chosen) => this.#choose(chosen),
      changed: () => this.#draw(),
    });
    for (const hand of [this.top, this.bottom]) {
      hand.addEventListener("press", ({ detail }) => justDragged() || this.choice.toggle(detail.source));
      hand.addEventListener("lift", ({ detail }) => this.#lift(detail.source, detail.element, detail.event));
    }
    this.others = new OtherMoves((move) => this.#tell(move));
    this.values = new ValuesView((moves) => this.#chooseMove(moves));
    this.append(this.top, this.grids, this.turnShip, this.bottom, this.values.element, this.others.element);
  }

  /** @param {Page.TableView} view */
  show(view) {
    this.view = view;
    const legal = view.legal ?? [];
    for (const text of [...legal, ...Object.keys(view.state.board ?? {})]) {
      if (typeof text === "string") {
        this.#seen.add(text);
      }
    }
    const turns = legal.some((move) => /@[a-z]\d+v$/.test(move)) && legal.some((move) => /@[a-z]\d+h$/.test(move));
    this.turnShip.hidden = !turns;
    this.choice.offer(turns ? legal.filter((move) => !SHIP_DIRECTIONS.includes(move.at(-1)) || move.at(-1) === this.#direction) : legal, view.premoving, view.premove);
    this.#draw();
  }

  /** Puts back what is picked up, and takes back the planned move. */
  putBack() {
    this.choice.pick(null);
  }

  /** Moves the focus to the square that the Tab key reaches. */
  focusBoard() {
    /** @type {HTMLElement | null} */ (this.querySelector(".square[tabindex='0']"))?.focus();
  }

  /** Has the element around the table fit what is drawn, by classes and the size in squares. @param {HTMLElement} element */
  shape(element) {
    const { grids, hands, held } = this.drawn;
    const [width, height] = sizeOf(this.drawn);
    element.style.setProperty("--files", String(width));
    element.style.setProperty("--ranks", String(height));
    element.classList.toggle("boardless", grids.length === 0);
    element.classList.toggle("twofold", grids.length > 1);
    element.classList.toggle("handless", !held && hands.every((hand) => hand.length === 0));
  }

  #draw() {
    const { game, state, seat, bottom, legal = [], active, players, pending } = this.view;
    const own = drawing(game);
    const drawn = picture(game, state, { seat, active, legal, seen: this.#seen, own: own.grid });
    if (pending && seat !== null) {
      carryOut(pending, drawn, seat);
    }
    this.drawn = drawn;
    this.#drawValues(drawn);
    this.top.hidden = players.length !== 2;
    this.#drawHand(this.top, (bottom + 1) % players.length);
    this.#drawHand(this.bottom, bottom);
    const boards = drawn.grids.map((grid) => this.#board(grid.key));
    if (boards.some((board, index) => board !== this.grids.children[index]) || boards.length !== this.grids.children.length) {
      this.grids.replaceChildren(...boards);
    }
    drawn.grids.forEach((grid, index) => boards[index].show({
      grid, flipped: this.view.flipped && grid.key === "board" && drawn.style !== "columns", facing: drawn.facing, style: drawn.style, drawn: own,
      label: gridLabel(grid, this.view), captioned: grid.key !== "board",
      marks: this.#marks(grid), picked: this.choice.picked,
      targets: grid.active ? this.choice.targets() : new Set(),
      describe: (square, cell) => describeSquare(square, cell, this.view),
      explain: (square, target) => explainSquare(square, target, drawn.threat, this.view.premove),
    }));
    if (drawn.grids.length) {
      this.#slide(drawn.grids[0]);
    }
  }

  /** @param {Page.Picture} drawn */
  #drawValues(drawn) {
    const { game, state, seat, players, order, places, legal = [] } = this.view;
    const handsOnBoard = drawn.held && players.length === 2;
    const { word, seats } = drawing(game);
    const shown = values(state, players.length, { handsOnBoard });
    const hand = seat === null ? [] : drawn.hands[seat] ?? [];
    const cards = cardsIn([...shown.common, ...(seat === null ? [] : shown.bySeat[seat])]);
    const own = places[places.length - 1];
    if (own.parentElement !== this) {
      this.insertBefore(own, this.others.element); // what one holds stands above what one can do with it
    }
    this.values.show({ ...shown, order, places, players, seat, legal, word, seats, picture: (card) => drawing(game).picture(String(card)) });
    this.others.show(legal, drawn, { hand, cards, word, schema: store.game(game)?.moves });
  }

  // A piece that was dragged is there already.
  /** @param {Page.Grid} grid */
  #slide({ key, cells }) {
    const was = this.#before;
    this.#before = { key, cells, bottom: this.view.bottom };
    if (was && was.key === key && was.bottom === this.view.bottom && !justDragged()) {
      slide(gone(was.cells, cells), (square) => this.#board(key).element(square));
    }
  }

  /** @param {import("./hand.js").PieceHand} hand @param {number} side */
  #drawHand(hand, side) {
    const { seat, bottom, players } = this.view;
    hand.show({
      pieces: this.drawn.hands[side] ?? [], side, own: side === seat, watched: seat === null, owner: players[side],
      style: this.drawn.style, drawn: drawing(this.view.game), turned: this.drawn.facing && side !== bottom,
      picked: this.choice.picked, premoved: this.view.premove?.from, canPick: (source) => side === seat && this.choice.canPick(source),
    });
  }

  /** @param {string} key */
  #board(key) {
    const known = this.#boards.get(key);
    if (known) {
      return known;
    }
    const board = document.createElement("game-board");
    board.addEventListener("press", ({ detail }) => justDragged() || this.choice.press(this.#landing(detail.square)));
    board.addEventListener("lift", ({ detail }) => this.#lift(detail.square, board.element(detail.square), detail.event));
    this.#boards.set(key, board);
    return board;
  }

  // In columns a piece falls to the square that a move names, whichever square is pressed above or below it.
  /** @param {string} square */
  #landing(square) {
    const { style } = this.drawn;
    return style === "columns" ? [...this.choice.targets()].find((target) => target[0] === square[0]) ?? square : square;
  }

  /** @param {Page.Grid} grid */
  #marks(grid) {
    /** @type {Record<string, string[]>} */
    const marks = {};
    const mark = (/** @type {string[]} */ squares, /** @type {string} */ name) => squares.forEach((square) => (marks[square] ??= []).push(name));
    const { last, lastIn, threat } = this.drawn;
    mark(last, "last");
    mark(threat, "threat");
    if (lastIn && lastIn.key === grid.key) {
      mark([lastIn.square], "last");
    }
    if (this.choice.picked) {
      mark([this.choice.picked], "picked");
    }
    if (this.view.premove) {
      mark([this.view.premove.from, this.view.premove.to], "premove");
    }
    if (grid.active) {
      mark(Object.keys(grid.cells).filter((square) => this.choice.canPick(square)), "movable");
    }
    return marks;
  }

  /** @param {string} source */
  #isOwn(source) {
    const { seat, state } = this.view;
    if (seat === null) {
      return false;
    }
    return source.startsWith("@")
      ? things(state.hands?.[seat] ?? this.drawn.hands[seat]).includes(source.slice(1))
      : this.drawn.grids[0]?.cells[source]?.side === seat;
  }

  /** @param {string} source @param {HTMLElement} element @param {PointerEvent} event */
  #lift(source, element, event) {
    if (!this.choice.canPick(source)) {
      return;
    }
    follow(event, element, {
      begin: () => {
        element.classList.add("lifted");
        return this.choice.pick(source);
      },
      drop: (x, y) => {
        element.classList.remove("lifted");
        const under = /** @type {HTMLElement | null | undefined} */ (document.elementFromPoint(x, y)?.closest("[data-square]"));
        if (!under || !this.choice.goTo(under.dataset.square ?? "")) {
          this.choice.pick(null);
        }
      },
      cancel: () => {
        element.classList.remove("lifted");
        this.choice.pick(null);
      },
    });
  }

  /** @param {Page.Choice} chosen */
  async #choose({ moves = [], premove }) {
    if (premove !== undefined) {
      this.dispatchEvent(new CustomEvent("premove", { detail: { premove } }));
      return;
    }
    this.#draw();
    const move = moves.length === 1 ? moves[0].move : await this.#chooseAmong(moves);
    if (move) {
      this.#tell(move);
    }
  }

  // After a press on a card.
  /** @param {any[]} moves */
  async #chooseMove(moves) {
    const move = moves.length === 1 ? moves[0]
      : await ask(t("game.whichMove"), moves.map((each) => ({ text: inWords(each, drawing(this.view.game).word), value: each })));
    if (move !== null) {
      this.#tell(move);
    }
  }

  /** @param {any} move */
  #tell(move) {
    this.dispatchEvent(new CustomEvent("move", { detail: { move } }));
  }

  /** @param {Page.Move[]} moves */
  #chooseAmong(moves) {
    const side = this.view.seat ?? 0;
    const drawn = drawing(this.view.game);
    return ask(t("game.whichMove"), moves.map(({ move, suffix }) => {
      const piece = PROMOTED[suffix];
      return {
        text: piece ? pieceName(piece, drawn.word) : suffixWords(suffix) ?? drawn.word(move), value: move,
        icon: piece ? drawPiece({ piece, side }, { style: this.drawn.style, drawn }) : null,
      };
    }));
  }

  #turnShips() {
    this.#direction = this.#direction === "h" ? "v" : "h";
    this.turnShip.children[0].textContent = ARROWS[this.#direction];
    announce(t(`game.ships.${this.#direction}`));
    this.show(this.view);
  }
}

customElements.define("game-table", GameTable);

/** Returns the width and the height of what is drawn, in squares. @param {Page.Picture} drawn */
function sizeOf({ grids, style }) {
  const [{ files, ranks }] = grids.length ? grids : [{ files: 1, ranks: 1 }];
  return style === "hexagons" ? [files + (ranks - 1) / 2, ranks * .87 + .3] : [files * Math.max(grids.length, 1), ranks];
}

/** @param {string} suffix */
function suffixWords(suffix) {
  const key = `suffix.${suffix || "none"}`;
  return has(key) ? t(key) : null;
}
