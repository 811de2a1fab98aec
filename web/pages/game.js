// A game that is played, watched, or stepped through.

import { pause } from "../lib/tab_lock.js";
import { button, h, link, put, say } from "../lib/dom.js";
import { drawing, fetchDrawing } from "../lib/drawings.js";
import { words } from "../lib/errors.js";
import { date, t } from "../lib/i18n.js";
import { announce, notice } from "../lib/notices.js";
import { turnWords } from "../lib/results.js";
import * as sound from "../lib/sound.js";
import { store } from "../lib/store.js";
import { title } from "../lib/title.js";
import { matches } from "../games/matches.js";
import { read } from "../games/moves.js";
import { Notations } from "../games/notations.js";
import { numberedMove, numbersOf } from "../games/numbers.js";
import { inWords } from "../games/words.js";
import { Standings } from "../games/standings.js";
import { Actions } from "../parts/actions.js";
import { PlayerBar } from "../parts/player_bar.js";
import { countdown } from "../parts/clock.js";
import { pieceName } from "../parts/piece.js";
import { gameTitle } from "../parts/options.js";
import { about } from "../parts/rooms.js";
import "../parts/move_list.js";
import "../parts/game_table.js";

const POLL_MS = 1000;

export class GamePage extends HTMLElement {
  /** @type {number | null} how many moves have been made in the position shown; null: the newest */
  #viewed = null;
  #flipped = false;
  /** @type {string | null} the end of the opponent's grace, or "claim" after it */
  #absence = null;
  /** @type {(() => void) | null} */
  #stopCountdown = null;
  #gone = new AbortController();

  /** @type {import("../games/match.js").Match} */
  match;
  /** @type {Standings} */
  standings;
  /** @type {Notations} */
  notations;
  /** @type {PlayerBar[]} */
  bars;
  /** @type {import("../parts/game_table.js").GameTable} */
  table;
  /** @type {import("../parts/move_list.js").MoveList} */
  moves;
  /** @type {Actions} */
  actions;
  /** @type {HTMLElement} */
  turn;
  /** @type {HTMLElement} */
  left;
  /** @type {HTMLElement} */
  grace;
  /** @type {HTMLElement} */
  absent;
  /** @type {HTMLElement} */
  terms;
  /** @type {HTMLElement} */
  watchers;
  /** @type {HTMLButtonElement} */
  back;

  /** @param {string} id */
  constructor(id) {
    super();
    this.session = id;
    const shown = document.querySelector("game-page");
    if (shown instanceof GamePage && shown.session === id) { // drawn anew: in another language, or for another player
      this.#viewed = shown.#viewed;
      this.#flipped = shown.#flipped;
    }
  }

  async connectedCallback() {
    this.className = "game";
    this.match = matches.show(this.session);
    const loading = h("p", { class: "loading", role: "status" }, t("loading"));
    this.append(loading);
    this.match.addEventListener("waiting", ({ detail }) => say(loading, words(detail.error)), { signal: this.#gone.signal });
    try {
      await this.match.open();
    } catch (error) {
      this.replaceChildren(h("h1", {}, t("game.missing")), h("p", {}, words(error)), link(t("toLobby"), "#/", { class: "button" }));
      return;
    }
    const drawing = await fetchDrawing(this.match.session.game);
    if (!this.isConnected) {
      return;
    }
    drawing.colour(this);
    this.#build();
    this.#listen(this.#gone);
    this.#show();
    this.standings.look();
  }

  /** @param {AbortController} controller */
  #listen({ signal }) {
    this.match.addEventListener("change", () => this.#show(), { signal });
    this.match.addEventListener("waiting", () => this.#show(), { signal });
    this.match.addEventListener("moved", () => this.#onMoved(), { signal });
    this.match.addEventListener("taken-back", () => this.#onTakenBack(), { signal });
    this.match.addEventListener("ended", () => this.#onEnded(), { signal });
    this.standings.addEventListener("change", () => this.#show(), { signal });
    this.notations.addEventListener("change", () => this.#show(), { signal });
    this.match.addEventListener("premove-gone", () => notice(t("game.premoveGone")), { signal });
    this.match.addEventListener("refused", ({ detail }) => this.#onRefused(detail), { signal });
    document.addEventListener("keydown", this.#onKey, { signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
    this.#stopCountdown?.();
    matches.hide(this.match);
  }

  #build() {
    const title = gameTitle(this.match.session.game);
    this.turn = h("p", { class: "turn", role: "status", "aria-live": "polite" });
    this.standings = new Standings(this.match);
    this.notations = new Notations(this.match, this.#gone.signal);
    this.bars = this.match.session.players.map(() => new PlayerBar(this.match, this.standings, () => this.#takeBack()));
    this.table = document.createElement("game-table");
    this.table.addEventListener("move", ({ detail }) => this.match.move(detail.move));
    this.table.addEventListener("premove", ({ detail }) => this.#plan(detail.premove));
    this.moves = document.createElement("move-list");
    this.moves.addEventListener("view", ({ detail }) => this.#view(detail.viewed));
    this.actions = new Actions(this.match, { flip: () => this.#flip() });
    this.left = h("span", { role: "status" });
    this.grace = h("span", { role: "timer" }); // apart, or each second would be read out
    this.absent = h("p", { class: "absent", hidden: true }, this.left, " ", this.grace);
    this.terms = h("p", { class: "quiet" });
    this.watchers = h("p", { class: "watchers" });
    this.back = button(t("game.toNewest"), () => this.#view(null), { class: "quiet", hidden: true });
    const own = this.bars[this.bars.length - 1];
    put(this,
      h("h1", { class: "unseen" }, t("game.heading", { game: title, one: this.match.session.players[0], other: this.match.session.players.slice(1).join(", ") })),
      this.turn,
      h("div", { class: "stand" }, this.bars.slice(0, -1).map(({ element, values }) => [element, values]), this.table, own.element),
      h("div", { class: "side" }, this.absent, this.actions.result, this.actions.element, this.back, this.moves, this.terms, this.watchers),
    );
  }

  get #word() {
    return drawing(this.match.session.game).word;
  }

  get #numbers() {
    const { steps, session: { options, players } } = this.match;
    const before = options.from && steps.length ? steps[0].state.ply - steps[0].number : 0;
    return numbersOf(steps, players.length, before);
  }

  /** Returns the seats in the order of the table: the last is at the bottom. */
  get #order() {
    const { seat, session: { players: { length } } } = this.match;
    const bottom = ((seat ?? 0) + (this.#flipped ? Math.floor(length / 2) : 0)) % length;
    return Array.from({ length }, (_, index) => (bottom + 1 + index) % length);
  }

  #show() {
    const { match } = this;
    const { session, steps } = match;
    const wanted = this.#viewed ?? steps.length;
    const viewed = wanted === 0 && !match.stateAt(0) ? 1 : wanted; // until the first position has been read
    const count = viewed < steps.length && match.stateAt(viewed) ? viewed : steps.length;
    const newest = count === steps.length;
    const state = newest ? session.state : match.stateAt(count);
    const isMoving = match.commands.move !== null;
    const order = this.#order;
    const clocks = newest ? null : (steps[count - 1] ?? steps[0]).clocks;
    order.forEach((seat, index) => this.bars[index].show(seat, clocks));
    say(this.turn, turnWords(this.match));
    this.turn.classList.toggle("mine", match.isMyTurn);
    this.table.show({
      game: session.game, state, seat: match.seat, order, places: this.bars.map((bar) => bar.values), bottom: order[order.length - 1],
      flipped: order.length === 2 ? order[1] === 1 : this.#flipped, players: session.players,
      pending: newest ? read(match.commands.move) : null,
      legal: newest && !isMoving && !match.waits ? session.legal : [],
      active: newest && match.isActive, premove: newest ? match.premove : null,
      premoving: newest && match.isActive && !match.waits && match.seat !== null && (isMoving || !match.isMyTurn) && session.state.turn !== null,
    });
    this.table.shape(this);
    this.moves.show({
      steps, viewed: count, word: this.#word, written: (step) => this.notations.of(step), players: session.players, numbers: this.#numbers, charted: !match.isActive,
      opens: new Set(match.stateAt(0) ? [0] : []),
    });
    this.back.hidden = newest || !match.isActive;
    this.actions.flip.hidden = this.table.drawn.grids.length === 0;
    this.actions.viewed = count;
    this.actions.show();
    this.#showAbsent();
    say(this.terms, [about(session), session.ended_at && date(session.ended_at)].filter(Boolean).join(" · "));
    this.watchers.hidden = !session.spectators;
    this.watchers.textContent = t("game.watching", { count: session.spectators });
    this.notations.look();
    title(match.isMyTurn ? t("title.yourTurn") : session.players.join(" – "), gameTitle(session.game));
  }

  #showAbsent() {
    const { session, opponents, seat, deadlines, isActive } = this.match;
    const gone = isActive && seat !== null && opponents.find((login) => ![...session.connected, ...session.out].includes(login));
    const absence = !gone ? null : session.claims.includes("claim_victory") ? "claim" : deadlines[gone] ?? null;
    if (absence === this.#absence) {
      return;
    }
    this.#absence = absence;
    this.#stopCountdown?.();
    this.#stopCountdown = null;
    this.absent.hidden = !absence;
    say(this.left, absence ? t(absence === "claim" ? "game.left" : "game.absent", { player: gone }) : "");
    say(this.grace, "");
    if (absence && absence !== "claim") {
      this.#stopCountdown = countdown(this.grace, absence, (time) => t("game.absentTime", { time }), () => this.#lookForClaim(absence));
    }
  }

  // No event tells that a victory can be claimed because the grace has ended.
  /** @param {string} deadline */
  async #lookForClaim(deadline) {
    while (this.isConnected && this.#absence === deadline) {
      await this.match.refresh();
      await pause(POLL_MS);
    }
  }

  #onMoved() {
    const { isMyTurn, steps } = this.match;
    const step = steps[steps.length - 1];
    this.#viewed = isMyTurn ? null : this.#viewed;
    sound.knock();
    if (step.login !== store.login) {
      const move = numberedMove(this.#numbers[steps.length - 1], moveWords(step.move, this.#word));
      announce(step.left ? t("moves.left", { player: step.login }) : t("game.moved", { player: step.login, move }));
    }
    this.#show();
  }

  #onTakenBack() {
    this.#viewed = null;
    sound.knock();
    announce(t("game.takenBack"));
  }

  #onEnded() {
    sound.chime();
    this.standings.lookForChange();
  }

  /** @param {Page.Events["refused"]["detail"]} refusal */
  #onRefused({ error, command }) {
    const reason = words(error);
    notice(command.type === "move" ? t("game.movedBack", { reason }) : reason, { kind: "bad" });
  }

  /** @param {Page.Premove | null} premove */
  #plan(premove) {
    this.match.plan(premove);
    if (premove) {
      announce(t("game.planned", { from: pieceName(premove.from.replace(/^@/, ""), this.#word), to: premove.to }));
    }
  }

  #takeBack() {
    this.table.putBack();
    this.table.focusBoard(); // the button disappears
  }

  /** @param {number | null} viewed */
  #view(viewed) {
    this.#viewed = viewed === this.match.steps.length ? null : viewed;
    this.#show();
  }

  #flip() {
    this.#flipped = !this.#flipped;
    this.#show();
  }

  #onKey = (/** @type {KeyboardEvent} */ event) => {
    const target = event.target instanceof Element ? event.target : null;
    const elsewhere = target?.closest("input, textarea, select, dialog");
    if (elsewhere || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === "Escape") {
      this.table.putBack();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      this.moves.step(event.key === "ArrowLeft" ? -1 : 1);
    } else if (event.key === "f" && this.table.contains(target)) {
      this.#flip();
    }
  };
}

customElements.define("game-page", GamePage);

/**
 * Returns a move as it is read out: square by square, if it is written so.
 * @param {any} move
 * @param {(text: string) => string} word
 */
function moveWords(move, word) {
  const known = read(move);
  if (known?.kind === "go") {
    return `${known.from} – ${known.to} ${known.suffix}`.trim();
  }
  return move === null ? t("moves.secret") : inWords(move, word);
}
