// Words for what a game names itself: its moves, and the names and values of its state.

import { t } from "../lib/i18n.js";

/** @typedef {(text: string) => string} Word */

const MAX_DEPTH = 4;

/**
 * Returns any JSON value in words. `word` translates the game's own.
 * @param {any} value
 * @param {Word} word
 * @returns {string}
 */
export function inWords(value, word, depth = 0) {
  if (typeof value === "string") {
    return word(value);
  }
  if (typeof value === "boolean") {
    return t(value ? "values.yes" : "values.no");
  }
  if (typeof value !== "object" || value === null || depth === MAX_DEPTH) {
    return value === null ? "–" : typeof value === "object" ? "…" : String(value);
  }
  const parts = Array.isArray(value)
    ? value.map((each) => inWords(each, word, depth + 1))
    : Object.entries(value).map(([name, each]) => `${word(name)}: ${inWords(each, word, depth + 1)}`);
  return parts.join(", ") || "–";
}

/**
 * Returns the name of a value as a heading.
 * @param {string} name
 * @param {Word} word
 */
export function heading(name, word) {
  const text = word(name);
  return text === name ? capital(name.replaceAll("_", " ")) : capital(text);
}

/** Returns the name of what a schema describes: in the game's words, or else as the schema calls it. @param {{ title?: string }} schema @param {string} name @param {Word} word */
export function labelOf({ title }, name, word) {
  return word(name) === name ? title ?? heading(name, word) : heading(name, word);
}

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * Returns the moves that a card stands for: those that are its name, or end with it, as "bid 5" does.
 * @param {any[]} legal
 * @param {any} card
 * @returns {any[]}
 */
export function movesOf(legal, card) {
  return card === null || typeof card === "object" ? [] : legal.filter((move) => typeof move === "string"
    ? move === String(card) || move.endsWith(` ${card}`)
    : move === card);
}
