// What a viewer sees as the web client draws it, by the client's own modules.

import { drawing, fetchDrawing } from "/web/lib/drawings.js";
import { store } from "/web/lib/store.js";
import "/web/parts/game_table.js";

const made = new Map(); // by viewer: a table remembers the squares that it has seen

// Reads how a game of the package's own files is drawn.
export async function prepare(game) {
  store.games = [game];
  await fetchDrawing(game.name);
}

// Gives an element, and what is in it, the colours of the game's sides.
export function colour(name, element) {
  drawing(name).colour(element);
}

// Draws a view into a panel of the page; `move` is called with the move that is chosen there.
export function draw(panel, position, viewer, move) {
  const { game, players: count } = position;
  const key = JSON.stringify([game.name, game.drawing, count, viewer.seat, position.seed, position.options]);
  if (!made.has(key)) made.set(key, make(game.name, count));
  const { element, table, places } = made.get(key);
  panel.append(element);
  table.chosen = move;
  const bottom = viewer.seat ?? 0;
  const order = Array.from({ length: count }, (_, index) => (bottom + 1 + index) % count);
  table.show({
    game: game.name, state: viewer.view, seat: viewer.seat, order, places, bottom, flipped: count === 2 && bottom === 1,
    players: Array.from({ length: count }, (_, seat) => `Seat ${seat}`), legal: viewer.legal,
    active: !position.outcome, pending: null, premove: null, premoving: false,
  });
  table.shape(element);
}

function make(game, count) {
  const table = document.createElement("game-table");
  table.addEventListener("move", ({ detail }) => table.chosen(detail.move));
  const places = Array.from({ length: count }, () => Object.assign(document.createElement("section"), { className: "values", tabIndex: -1 }));
  const element = document.createElement("div");
  element.className = "drawn";
  element.append(...places.slice(0, -1), table, places[count - 1]);
  return { element, table, places };
}
