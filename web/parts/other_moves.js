// The moves that can't be made on the board or by a card, so that every legal move can be played: buttons; or a form by the game's
// schema of moves or a list of them, if they are many.

import { button, focused, h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { squareAt } from "../games/picture.js";
import { means, read } from "../games/moves.js";
import { isObject } from "../games/state_values.js";
import { inWords, movesOf } from "../games/words.js";
import { schemaForm } from "./schema_form.js";

const MAX_BUTTONS = 24;
const MAX_LONG_BUTTONS = 8; // of moves that are objects, where a form can take their place

export class OtherMoves {
  #shown = "[]";

  /** @param {(move: any) => void} choose */
  constructor(choose) {
    this.choose = choose;
    this.element = h("div", { class: "others row", role: "group", tabindex: -1, hidden: true });
  }

  /**
   * @param {any[]} legal
   * @param {Page.Picture} drawn
   * @param {{ hand: string[], cards: any[], word: import("../games/words.js").Word, schema?: Record<string, any> }} player what the player holds
   */
  show(legal, drawn, { hand, cards, word, schema }) {
    const squares = new Set(drawn.grids.filter(({ active }) => active).flatMap(squaresOf));
    const byCard = new Set(cards.flatMap((card) => movesOf(legal, card)));
    const moves = legal.filter((move) => !byCard.has(move) && !canBeMade(read(move), squares, hand));
    const key = JSON.stringify(moves);
    if (key !== this.#shown) {
      this.#shown = key;
      const most = schema && moves.some((move) => typeof move === "object") ? MAX_LONG_BUTTONS : MAX_BUTTONS;
      const held = this.element.contains(focused());
      this.element.ariaLabel = t(drawn.grids.length ? "game.otherMoves" : "game.moves");
      this.element.hidden = moves.length === 0;
      this.element.replaceChildren(...(moves.length <= most ? this.#buttons(moves, word) : schema ? this.#form(schema, moves, word) : this.#list(moves, word)));
      if (held) {
        this.element.focus({ preventScroll: true });
      }
    }
  }

  /** @param {any[]} moves @param {import("../games/words.js").Word} word */
  #buttons(moves, word) {
    return moves.map((move) => button(inWords(move, word), () => this.choose(move)));
  }

  /**
   * Makes a form that sends nothing but legal moves.
   * @param {Record<string, any>} schema @param {any[]} moves @param {import("../games/words.js").Word} word
   */
  #form(schema, moves, word) {
    const byText = new Map(moves.map((move) => [sorted(move), move]));
    const form = schemaForm(schema, { prefix: "move-", word, values: moves });
    const chosen = () => byText.get(sorted(form.value()));
    const play = h("button", { type: "submit", class: "main" }, t("game.play"));
    const reason = h("p", { class: "hint", role: "status" });
    const check = () => {
      play.disabled = chosen() === undefined;
      reason.textContent = play.disabled ? t("game.notLegal", { move: inWords(moves[0], word) }) : "";
    };
    const submit = (/** @type {SubmitEvent} */ event) => { event.preventDefault(); this.choose(chosen()); };
    check();
    return [h("form", { class: "row", novalidate: true, on: { submit, input: check, change: check } }, form.element, play, reason)];
  }

  /** @param {any[]} moves @param {import("../games/words.js").Word} word */
  #list(moves, word) {
    const select = h("select", { id: "other-moves" }, moves.map((move, index) => h("option", { value: index }, inWords(move, word))));
    return [h("label", { for: select.id }, t("game.move")), select,
      button(t("game.play"), () => this.choose(moves[Number(select.value)]), { class: "main" })];
  }
}

/** Returns a value as JSON in which the order of keys makes no difference. @param {any} value @returns {string} */
function sorted(value) {
  return JSON.stringify(value, (_, each) => (isObject(each) ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1))) : each));
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
