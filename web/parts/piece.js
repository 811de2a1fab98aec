// The drawing of a piece: a file of the game's, a symbol of pieces.svg, or a letter; on a tile where the game has tiles.

import { h, svg } from "../lib/dom.js";
import { has, t } from "../lib/i18n.js";
import { steps } from "../games/known_games.js";

const SPRITE = new URL("../pieces.svg", import.meta.url).pathname;
const DRAWN = new Set([
  "lion", "giraffe", "elephant", "chick", "hen",
  "king", "queen", "rook", "bishop", "knight", "pawn", "ship",
]);

const DISCS = ["disc", "stone"];

/** @param {string} piece @param {(text: string) => string} word translates the game's own words */
export function pieceName(piece, word = (text) => text) {
  const [key, own] = [`piece.${piece}`, word(piece)];
  return own === piece && has(key) ? t(key) : own;
}

/**
 * Draws a piece. A tile that is `turned` points down the screen. `drawn` has the game's own pictures.
 * @param {{ piece: string, side: number, art?: string }} cell
 * @param {{ style: string, turned?: boolean, drawn?: Page.Drawn }} look
 */
export function drawPiece({ piece, side, art = piece }, { style, turned = false, drawn }) {
  const picture = drawn?.picture(piece, side);
  const classes = ["piece", `side-${side}`, style, turned ? "turned" : ""].filter(Boolean).join(" ");
  return h("span", { class: classes, "aria-hidden": true },
    style === "tiles" ? tile(piece) : null,
    picture ? h("img", { class: "art", src: picture, alt: "", draggable: "false" })
      : DISCS.includes(piece) ? disc(piece) : DRAWN.has(art) ? symbol(art) : letter(piece));
}

/** @param {string} name */
function symbol(name) {
  return svg("svg", { class: "art", viewBox: "0 0 64 64" }, svg("use", { href: `${SPRITE}#${name}` }));
}

/** @param {string} name */
function disc(name) {
  return svg("svg", { class: `art ${name}`, viewBox: "0 0 64 64" }, svg("circle", { cx: 32, cy: 32, r: 29 }));
}

/** @param {string} name */
function letter(name) {
  const text = name.slice(0, name.startsWith("+") ? 2 : 1).toUpperCase(); // +R is a promoted rook
  return svg("svg", { class: "art letter", viewBox: "0 0 64 64" }, svg("circle", { cx: 32, cy: 32, r: 25 }), svg("text", { x: 32, y: 32 }, text));
}

// As on wooden tiles, dots show where the piece may step.
/** @param {string} piece */
function tile(piece) {
  const dots = (steps(piece) ?? []).map(([right, up]) => svg("circle", {
    class: "dot", cx: 32 + right * 22, cy: 34 - up * (up > 0 ? 22 : 21), r: 2.8,
  }));
  return svg("svg", { class: "tile", viewBox: "0 0 64 64" },
    svg("path", { class: "wood", d: "M32 2 56 9q4 1 4 5v42q0 5-5 5H9q-5 0-5-5V14q0-4 4-5z" }), dots);
}
