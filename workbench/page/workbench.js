// The page of `arbiter games play`: what each viewer sees of a position, side by side.

import { chosenOptions, showOptions } from "./options_form.js";
import { colour, draw, prepare } from "./view_drawing.js";

const OPPONENTS = [["", "you"], ["random", "at random"], ...[1, 2, 3, 4, 5].map((level) => [String(level), `level ${level}`])];
const RETRY_MS = 1000;
const byId = (id) => document.getElementById(id);

let shown = { revision: -1 };
let listed = false; // whether all legal moves are

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

async function act(action, body = {}) {
  const response = await fetch(`/${action}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  show(await response.json());
}

async function follow() {
  for (;;) {
    try {
      const response = await fetch(`/position?revision=${shown.revision}`);
      show(await response.json());
    } catch {
      byId("status").textContent = "`arbiter games play` has ended. Start it again.";
      shown.revision = -1;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function show(position) {
  if (position.revision === shown.revision) return;
  shown = position;
  const error = position.error || position.note || position.drawing_error;
  byId("error").textContent = error || "";
  byId("error").hidden = !error;
  byId("undo").disabled = !position.can_undo;
  byId("redo").disabled = !position.can_redo;
  if (!position.game) return;
  await prepare(position.game);
  if (shown !== position) return;
  showOptions(byId("options"), position);
  document.title = `${position.game.title} – arbiter games play`;
  byId("title").textContent = position.game.title;
  colour(position.game.name, document.body);
  if (!position.viewers) return; // no game has begun
  byId("status").textContent = statusText(position);
  fill("players", position.players);
  fill("seed", position.seed);
  fill("state", JSON.stringify(position.state, null, 2));
  byId("players").min = position.game.min_players;
  byId("players").max = position.game.max_players;
  const panels = position.viewers.map((viewer) => panel(position, viewer));
  byId("viewers").replaceChildren(...panels);
  position.viewers.forEach((viewer, index) => drawOrTell(panels[index].querySelector(".picture"), position, viewer));
  byId("moves").replaceChildren(...position.moves.map(([seat, move], number) => element("li", {}, ...mark(seat), element("button", {
    textContent: move === null ? `${seat} has left` : `${seat}: ${written(move)}`, title: "Go back to the position after this move",
    onclick: () => act("undo", { keep: number + 1 }),
  }))));
}

// The colour of a seat's pieces and moves; a spectator has none.
function mark(seat) {
  return seat === null ? [] : [element("span", { className: `by side-${seat}`, ariaHidden: "true" })];
}

// Leaves a field alone in which somebody is writing.
function fill(id, value) {
  if (document.activeElement !== byId(id)) byId(id).value = value;
}

function statusText(position) {
  if (position.outcome) {
    const { winner, reason, ...more } = position.outcome;
    const rest = Object.entries(more).map(([name, value]) => `, ${name} ${JSON.stringify(value)}`).join("");
    return `Over: ${winner === null ? "nobody wins" : `seat ${winner} wins`}, ${reason}${rest}.`;
  }
  const seats = position.to_move;
  return `${seats.length === 1 ? "Seat" : "Seats"} ${seats.join(", ")} to move.`;
}

function panel(position, viewer) {
  const name = viewer.seat === null ? "Spectator" : `Seat ${viewer.seat}`;
  const header = element("header", {}, ...mark(viewer.seat), element("h2", { textContent: name }));
  if (position.left.includes(viewer.seat)) header.append(element("span", { textContent: "has left" }));
  else if (viewer.seat !== null) header.append(...leaveButton(position, viewer.seat, name), opponentChoice(position, viewer.seat, name));
  const made = element("section", { className: "viewer" }, header);
  made.setAttribute("aria-label", name);
  made.classList.toggle("to-move", position.to_move.includes(viewer.seat));
  made.append(element("div", { className: "picture" }));
  if (viewer.legal.length) made.append(element("details", { open: listed, ontoggle: (event) => { listed = event.target.open; } },
    element("summary", { textContent: `Legal moves: ${viewer.legal.length}` }),
    element("div", { className: "legal" }, ...viewer.legal.map((move) => element("button", {
      textContent: written(move), onclick: () => act("move", { seat: viewer.seat, move }),
    })))));
  if (viewer.claims.length) made.append(element("p", { textContent: `May claim a draw: ${viewer.claims.join(", ")}` }));
  made.append(element("pre", { textContent: JSON.stringify(viewer.view, null, 2), tabIndex: 0 }));
  if (viewer.hidden.length) made.append(element("details", { className: "hidden" },
    element("summary", { textContent: `Must not see: ${viewer.hidden.length}` }),
    element("pre", { textContent: viewer.hidden.join("\n"), tabIndex: 0 })));
  return made;
}

// A view that the web client can't draw is shown as JSON all the same.
function drawOrTell(place, position, viewer) {
  try {
    draw(place, position, viewer, (move) => act("move", { seat: viewer.seat, move }));
  } catch (error) {
    place.replaceChildren(element("p", { className: "hidden", textContent: `The web client can't draw this view: ${error.message}` }));
  }
}

// Of two players the other one wins, which is not for the game to say.
function leaveButton(position, seat, name) {
  if (position.players <= 2 || position.outcome || !position.staying.includes(seat)) return [];
  const button = element("button", { textContent: "Leave", title: `Have ${name} resign`, onclick: () => act("move", { seat, move: null }) });
  button.setAttribute("aria-label", `Have ${name} leave`);
  return [button];
}

function opponentChoice(position, seat, name) {
  const choice = element("select", {
    onchange: () => act("opponents", { ...position.opponents, [seat]: choice.value }),
  }, ...OPPONENTS.map(([value, text]) => element("option", { value, textContent: text })));
  choice.value = position.opponents[seat] || "";
  choice.setAttribute("aria-label", `Who plays ${name}`);
  return choice;
}

function written(move) {
  return typeof move === "string" ? move : JSON.stringify(move);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    byId("error").textContent = `This is not JSON: ${error.message}`;
    byId("error").hidden = false;
    return undefined;
  }
}

byId("undo").onclick = () => act("undo");
byId("redo").onclick = () => act("redo");
byId("begin").onclick = () => act("begin", {
  players: Number(byId("players").value), seed: Number(byId("seed").value), options: chosenOptions(),
});
byId("load").onsubmit = (event) => {
  event.preventDefault();
  const state = parsed(byId("state").value);
  if (state !== undefined) act("load", { state });
};
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea")) return;
  if (event.key === "z") act("undo");
  else if (event.key === "y") act("redo");
  else return;
  event.preventDefault();
});

follow();
