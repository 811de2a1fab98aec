// Reads the board of a FEN, and the pieces in hand that it has in brackets.

/** @type {Record<string, string>} */
const NAMES = { k: "king", q: "queen", r: "rook", b: "bishop", n: "knight", p: "pawn" };

/**
 * @param {string} fen
 * @returns {{ files: number, ranks: number, cells: Page.Cells, hands: string[][] }}
 */
export function fromFen(fen) {
  const [placement, held = ""] = fen.split(" ")[0].replace("]", "").split("[");
  const rows = placement.split("/").filter(Boolean).reverse();
  /** @type {Page.Cells} */
  const cells = {};
  let files = 0;
  rows.forEach((row, rank) => {
    let file = 0;
    for (const [, empty, promoted, letter] of row.matchAll(/(\d+)|(\+?)([A-Za-z])/g)) {
      if (empty) {
        file += Number(empty);
      } else {
        cells[`${String.fromCharCode(97 + file++)}${rank + 1}`] = piece(letter, promoted);
      }
    }
    files = Math.max(files, file);
  });
  const hands = [0, 1].map((side) => [...held.replace(/[^A-Za-z]/g, "")]
    .filter((letter) => sideOf(letter) === side).map(nameOf));
  return { files, ranks: rows.length, cells, hands };
}

/** @param {string} letter @param {string} promoted "+" or empty */
function piece(letter, promoted) {
  return { piece: promoted + nameOf(letter), side: sideOf(letter) };
}

/** @param {string} letter */
const nameOf = (letter) => NAMES[letter.toLowerCase()] ?? letter.toLowerCase();
/** @param {string} letter */
const sideOf = (letter) => (letter === letter.toUpperCase() ? 0 : 1);
