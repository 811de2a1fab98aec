// Reads moves in the notations of games: b2b3 and b3b4+ go, C@a2 and carrier@c4h put, b7 points.

const GO = /^([a-z]\d+)([a-z]\d+)(.*)$/;
const PUT = /^(.+)@([a-z]\d+)(.*)$/;
const POINT = /^([a-z]\d+)$/;

/**
 * Reads a move. Returns null if it is written in another way.
 * @param {unknown} move
 * @returns {Page.Move | null}
 */
export function read(move) {
  if (typeof move !== "string") {
    return null;
  }
  /** @type {RegExpExecArray | null} */
  let found;
  if ((found = PUT.exec(move))) {
    return { move, kind: "put", from: `@${found[1]}`, to: found[2], suffix: found[3] };
  }
  if ((found = GO.exec(move))) {
    return { move, kind: "go", from: found[1], to: found[2], suffix: found[3] };
  }
  return POINT.test(move) ? { move, kind: "point", from: null, to: move, suffix: "" } : null;
}

/**
 * Whether what is written before the @ means this piece in hand: its name, or the name's initial.
 * @param {string} written
 * @param {string} piece
 */
export function means(written, piece) {
  const wanted = written.replace(/^@/, "").toLowerCase();
  return wanted === piece.toLowerCase() || wanted === initial(piece);
}

/**
 * Whether a move begins here: at a square, or with "@" and the piece in hand.
 * @param {Page.Move} move
 * @param {string} source
 */
export function begins(move, source) {
  if (source.startsWith("@")) {
    return move.kind === "put" && means(move.from, source.slice(1));
  }
  return move.from === source;
}

/** Returns the letter of a piece; N is a knight, as in chess. @param {string} piece */
export function initial(piece) {
  return piece === "knight" ? "n" : piece[0].toLowerCase();
}
