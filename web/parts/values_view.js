// What a state has beside its board: cards, dice, and names with values. What belongs to a seat is drawn beside its player.

import { focused, h, svg } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { cardsIn, isObject, things } from "../games/state_values.js";
import { heading, inWords, movesOf } from "../games/words.js";

const MAX_ROWS = 100;
const MAX_DEPTH = 3;
const RED_SUITS = /[♥♦]/;
// Where the pips of a die are, of a grid of three by three.
const PIPS = [[], [4], [0, 8], [0, 4, 8], [0, 2, 6, 8], [0, 2, 4, 6, 8], [0, 2, 3, 5, 6, 8]];

export class ValuesView {
  #shown = "";

  /** @param {(moves: any[]) => void} choose called with the moves of a card that was pressed */
  constructor(choose) {
    this.choose = choose;
    this.element = h("div", { class: "values", tabindex: -1, role: "group", "aria-label": t("values.group") });
  }

  /** @param {Page.ValuesShown} view */
  show(view) {
    const { common, bySeat, order, players, legal, places } = view;
    const key = JSON.stringify([common, bySeat, order, players, legal]);
    if (key === this.#shown) {
      return;
    }
    this.#shown = key;
    // A card on the table stands for a move only if none in the own hand does: 5 is bid for the prize 5 from the hand.
    const inHand = new Set(cardsIn(view.seat === null ? [] : bySeat[view.seat]).flatMap((card) => movesOf(legal, card)));
    this.#fill(this.element, common, { ...view, legal: legal.filter((move) => !inHand.has(move)) }, true);
    order.forEach((seat, index) => {
      places[index].ariaLabel = players[seat];
      places[index].classList.toggle("own", seat === view.seat);
      this.#fill(places[index], bySeat[seat], view, seat === view.seat);
    });
  }

  /** @param {HTMLElement} place @param {Page.Value[]} list @param {Page.ValuesShown} view @param {boolean} active */
  #fill(place, list, view, active) {
    const held = place.contains(focused());
    place.hidden = list.length === 0;
    place.replaceChildren(this.#list(list, view, active));
    if (held) {
      place.focus({ preventScroll: true });
    }
  }

  /** @param {Page.Value[]} list @param {Page.ValuesShown} view @param {boolean} active */
  #list(list, view, active) {
    return h("dl", {}, list.map((each) => h("div", { class: each.kind },
      h("dt", {}, heading(each.name, view.word)), h("dd", {}, this.#draw(each, view, active)))));
  }

  /** @param {Page.Value} value @param {Page.ValuesShown} view @param {boolean} active */
  #draw({ name, kind, value }, view, active) {
    if (kind === "value") {
      return view.seats.includes(name) ? table(named(value, view.players), (text) => text) : table(value, view.word);
    }
    if (kind === "cards" && typeof value === "number" && value > 0) {
      return h("span", { class: "card-back", role: "img", "aria-label": t("values.hiddenCards", { count: value }) }, value);
    }
    const drawn = things(value);
    return drawn.length === 0 ? t("values.nothing")
      : h("ul", { class: "things" }, drawn.map((each) => h("li", {}, kind === "dice" ? die(each) : this.#card(each, view, active))));
  }

  /** @param {any} card @param {Page.ValuesShown} view @param {boolean} active */
  #card(card, { word, legal, picture }, active) {
    if (card === null) {
      return h("span", { class: "card-back", role: "img", "aria-label": t("values.hiddenCard") });
    }
    const text = inWords(card, word);
    const props = { class: `card-face${RED_SUITS.test(text) ? " red" : ""}${text.length > 3 ? " long" : ""}` };
    const address = picture(card);
    const face = address ? h("img", { class: "card-art", src: address, alt: text, draggable: "false" }) : text;
    const moves = active ? movesOf(legal, card) : [];
    return moves.length
      ? h("button", { ...props, type: "button", on: { click: () => this.choose(moves) } }, face)
      : h("span", props, face);
  }
}

/** Puts players in place of their seats. @param {any} value @param {string[]} players @returns {any} */
const named = (value, players) => (Array.isArray(value) ? value.map((each) => named(each, players)) : players[value] ?? value);

/** @param {any} value @param {import("../games/words.js").Word} word @returns {Page.Child} */
function table(value, word, depth = 0) {
  const isList = Array.isArray(value) && value.some((each) => typeof each === "object" && each !== null);
  if ((!isObject(value) && !isList) || depth === MAX_DEPTH) {
    return inWords(value, word);
  }
  const rows = Object.entries(value).slice(0, MAX_ROWS);
  return h("table", {}, h("tbody", {}, rows.map(([name, each]) => h("tr", {},
    h("th", { scope: "row" }, isList ? String(Number(name) + 1) : heading(name, word)), h("td", {}, table(each, word, depth + 1))))));
}

/** @param {any} face a number, or null where it is hidden */
function die(face) {
  const pips = PIPS[face] ?? [];
  const name = face === null ? t("values.hiddenDie") : String(face);
  return svg("svg", { class: face === null ? "die hidden-die" : "die", viewBox: "0 0 30 30", role: "img", "aria-label": name },
    svg("rect", { x: 1, y: 1, width: 28, height: 28, rx: 6 }),
    pips.length ? pips.map((at) => svg("circle", { cx: 7.5 + (at % 3) * 7.5, cy: 7.5 + Math.floor(at / 3) * 7.5, r: 2.6 }))
      : svg("text", { x: 15, y: 16 }, face === null ? "?" : name));
}
