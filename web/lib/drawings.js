// How games are drawn whose authors have said so: by files that the server has found in the game's package.

import { current } from "./i18n.js";
import { store } from "./store.js";

const MAX_SIDES = 8;

/** @typedef {{ grid?: Record<string, any>, colors?: string[], pieces?: Record<string, string>, seats?: string[], words?: Record<string, Record<string, string>> }} Description */

class Drawing {
  /** @param {Description} description @param {string} base the address of the folder with its pieces */
  constructor(description = {}, base = "") {
    this.grid = description.grid ?? {};
    this.colors = description.colors ?? [];
    this.pieces = description.pieces ?? {};
    this.seats = description.seats ?? [];
    this.words = description.words ?? {};
    this.base = base;
  }

  /** Returns a word of the game in the reader's language, or as it is. @param {string} text @returns {string} */
  word = (text) => {
    const words = this.words[current()] ?? {};
    if (Object.hasOwn(words, text)) {
      return words[text];
    }
    const parts = text.split(" ");
    return parts.length > 1 ? parts.map((part) => this.word(part)).join(" ") : text;
  };

  /** Returns the address of the picture of a side's piece, or of a card, or null. @param {string} piece @param {number} [side] */
  picture(piece, side) {
    const name = [`${piece}.${side}`, piece].find((each) => Object.hasOwn(this.pieces, each));
    return name === undefined ? null : `${this.base}/${this.pieces[name]}`;
  }

  /** Colours an element's pieces and marks by the sides' own colours. @param {HTMLElement} element */
  colour(element) {
    element.classList.toggle("coloured", this.colors.length > 0);
    for (let side = 0; side < MAX_SIDES; side += 1) {
      element.style.setProperty(`--side-${side}`, this.colors[side] ?? null);
    }
  }
}

const NONE = new Drawing();
/** @type {Map<string, Drawing>} by game */
const known = new Map();
/** @type {Map<string, Promise<void>>} by game: what is being fetched */
const under = new Map();

/** Returns the drawing of a game as far as it is known. @param {string} game */
export function drawing(game) {
  return known.get(game) ?? NONE;
}

/** Fetches the drawing of a game, if it has one, or has another one since. @param {string} game */
export async function fetchDrawing(game) {
  const address = store.game(game)?.drawing;
  if (!address) {
    known.delete(game);
  } else if (drawing(game).base !== baseOf(address)) {
    const answer = under.get(game) ?? read(game, address);
    under.set(game, answer);
    await answer;
    under.delete(game);
  }
  return drawing(game);
}

/** @param {string} game @param {string} address */
async function read(game, address) {
  try {
    const answer = await fetch(address);
    if (answer.ok) {
      known.set(game, new Drawing(await answer.json(), baseOf(address)));
    }
  } catch {
    // the game is drawn without, and asked for again with the next one
  }
}

/** @param {string} address */
const baseOf = (address) => address.replace(/\.json$/, "");

/**
 * Makes a text that has the game's own words, in the reader's language, as soon as they are there.
 * @param {string} game
 * @param {() => string} words
 */
export function inOwnWords(game, words) {
  const text = document.createTextNode(words());
  fetchDrawing(game).then(() => text.data !== words() && (text.data = words()));
  return text;
}
