// Sorts what a state has beside its board: by seat, and what is common to all.

// What is drawn on the board, or said elsewhere on the page.
const ELSEWHERE = new Set([
  "turn", "ply", "last_move", "check", "grid", "board", "fen", "fleets", "shots", "to_place",
]);
const SUIT = /[♠♥♦♣]/;
/** @type {Record<string, Page.Value["kind"]>} */
const KINDS = { hands: "cards", cards: "cards", dice: "dice" };

/**
 * Returns what is to be shown, by the hints of docs/drawing-a-game.md.
 * @param {Page.State} state
 * @param {number} seats
 * @param {{ handsOnBoard: boolean }} options whether the hands are drawn beside the board
 * @returns {{ common: Page.Value[], bySeat: Page.Value[][] }}
 */
export function values(state, seats, { handsOnBoard }) {
  /** @type {Page.Value[]} */
  const common = [];
  /** @type {Page.Value[][]} */
  const bySeat = Array.from({ length: seats }, () => []);
  for (const [name, value] of Object.entries(state)) {
    const kind = KINDS[name] ?? "value";
    if (ELSEWHERE.has(name) || (name === "hands" && handsOnBoard)) {
      continue;
    }
    if (name === "seats" && isBySeat(name, kind, value, seats)) {
      value.forEach((/** @type {any} */ each, /** @type {number} */ seat) => bySeat[seat].push(...entries(each)));
    } else if (isBySeat(name, kind, value, seats)) {
      value.forEach((/** @type {any} */ each, /** @type {number} */ seat) => bySeat[seat].push({ name, kind, value: each }));
    } else if (kind !== "value" && isObject(value)) {
      for (const [pile, each] of Object.entries(value)) {
        if (isBySeat(pile, kind, each, seats)) {
          each.forEach((/** @type {any} */ own, /** @type {number} */ seat) => bySeat[seat].push({ name: pile, kind, value: own }));
        } else {
          common.push({ name: pile, kind, value: each });
        }
      }
    } else {
      common.push({ name, kind, value });
    }
  }
  return { common, bySeat };
}

/** @param {any} object */
function entries(object) {
  return isObject(object)
    ? Object.entries(object).map(([name, value]) => ({ name, kind: KINDS[name] ?? /** @type {const} */ ("value"), value }))
    : [];
}

// Two dice on the table are no dice of two players: of cards and dice, only lists of lists are by seat.
/** @param {string} name @param {Page.Value["kind"]} kind @param {any} value @param {number} seats */
function isBySeat(name, kind, value, seats) {
  return Array.isArray(value) && value.length === seats && (kind === "value" || name === "hands" || value.some(Array.isArray));
}

/** @param {any} value @returns {value is Record<string, any>} */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Returns the things in a hand, a pile or a cup: a number stands for so many hidden ones, as null does for one.
 * @param {any} value
 * @returns {any[]}
 */
export function things(value) {
  if (typeof value === "number") {
    return Array(Math.min(Math.max(value, 0), MAX_THINGS)).fill(null);
  }
  return Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
}

const MAX_THINGS = 200;

/**
 * Tells whether hands beside a board hold pieces: what has no suit and is no number. The empty hands of many players hold cards.
 * @param {any[]} hands
 */
export function holdPieces(hands) {
  const held = hands.flatMap(things);
  return held.some((each) => typeof each === "string" && !SUIT.test(each)) || (held.length === 0 && hands.length === 2);
}

/** Returns the cards that are seen among values. @param {Page.Value[]} shown */
export function cardsIn(shown) {
  return shown.filter(({ kind, value }) => kind === "cards" && typeof value !== "number").flatMap(({ value }) => things(value));
}
