// The pieces in a player's hand. Those of the viewer are buttons, to be put on the board.
//
// Events: "press" and "lift", as of a board, with {source, element, event}.

import { h, set } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { shipLength } from "../games/known_games.js";
import { drawPiece, pieceName } from "./piece.js";

export class PieceHand extends HTMLElement {
  #shown = "";

  /** @param {Page.HandView} view */
  show(view) {
    const { pieces, side, own, watched, owner, style, turned, drawn } = view;
    const key = JSON.stringify([pieces, side, own, watched, owner, style, turned]);
    if (key !== this.#shown) {
      this.#shown = key;
      this.className = "hand";
      set(this, { role: "group", "aria-label": own ? t("hand.own") : t("hand.of", { player: owner }) });
      this.replaceChildren(...pieces.map((piece) => {
        if (piece === null) {
          return h("span", { class: "held card-back", role: "img", "aria-label": t("values.hiddenCard") });
        }
        const isShip = style === "sea";
        const drawing = isShip ? ship(piece, side) : drawPiece({ piece, side }, { style, turned, drawn });
        return own
          ? h("button", {
            type: "button", class: isShip ? "held ship" : "held", "data-piece": piece, title: isShip ? pieceName(piece, drawn.word) : null,
            "aria-label": t("hand.piece", { piece: pieceName(piece, drawn.word) }),
          }, drawing)
          : h("span", { class: "held", role: "img", "aria-label": t(watched ? "hand.held" : "hand.other", { piece: pieceName(piece, drawn.word), player: owner }) }, drawing);
      }));
    }
    const seen = new Set(); // of two equal pieces, the first is picked up
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-piece]"))) {
      const source = `@${element.dataset.piece}`;
      const isFirst = !seen.has(source);
      const picked = isFirst && view.picked === source;
      seen.add(source);
      element.classList.toggle("movable", view.canPick(source));
      element.classList.toggle("premove", isFirst && view.premoved === source);
      set(element, { "aria-pressed": picked ? "true" : null });
    }
  }

  connectedCallback() {
    this.addEventListener("click", (event) => this.#tell("press", event));
    this.addEventListener("pointerdown", (event) => event.isPrimary && event.button === 0 && this.#tell("lift", event));
  }

  /** @param {"press" | "lift"} name @param {Event} event */
  #tell(name, event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const element = /** @type {HTMLElement | null} */ (target.closest("[data-piece]"));
    if (element) {
      this.dispatchEvent(new CustomEvent(name, { detail: { source: `@${element.dataset.piece}`, element, event } }));
    }
  }
}

customElements.define("piece-hand", PieceHand);

/** Draws a ship as long as it is on the sea. @param {string} piece @param {number} side */
function ship(piece, side) {
  return Array.from({ length: shipLength(piece) }, () => drawPiece({ piece, side, art: "ship" }, { style: "sea" }));
}
