// A game: played, watched, or stepped through once it has ended.

import { pause } from "../lib/alone.js";
import { button, h, link, put, say } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { t } from "../lib/i18n.js";
import { announce, notice } from "../lib/notices.js";
import { turnWords } from "../lib/results.js";
import { address } from "../lib/router.js";
import * as sound from "../lib/sound.js";
import { store } from "../lib/store.js";
import { title } from "../lib/title.js";
import { matches } from "../games/matches.js";
import { read } from "../games/moves.js";
import { Actions } from "../parts/actions.js";
import { countdown } from "../parts/clock.js";
import { pieceName } from "../parts/piece.js";
import { gameTitle } from "../parts/options.js";
import "../parts/moves.js";
import "../parts/table.js";

const LOOKS_EVERY = 1000;

export class GamePage extends HTMLElement {
  #viewed = null; // how many moves have been made in the position shown; null: the newest
  #flipped = false;
  #absence = null; // of the opponent: until when, or "claim" where that is over
  #stopCountdown = null;
  #gone = new AbortController();

  constructor(id) {
    super();
    this.id = id;
  }

  async connectedCallback() {
    this.className = "game";
    this.match = matches.show(this.id);
    this.append(h("p", { class: "loading" }, t("loading")));
    try {
      await this.match.open();
    } catch (error) {
      this.replaceChildren(h("h1", {}, t("game.missing")), h("p", {}, words(error)), link(t("toLobby"), "#/", { class: "button" }));
      return;
    }
    if (!this.isConnected) {
      return;
    }
    this.#build();
    this.#listen(this.#gone);
    this.#show();
  }

  #listen({ signal }) {
    this.match.addEventListener("change", () => this.#show(), { signal });
    this.match.addEventListener("moved", () => this.#onMoved(), { signal });
    this.match.addEventListener("ended", sound.chime, { signal });
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
    this.bars = [this.#bar(), this.#bar()];
    this.table = document.createElement("game-table");
    this.table.addEventListener("move", ({ detail }) => this.match.move(detail.move));
    this.table.addEventListener("premove", ({ detail }) => this.#plan(detail.premove));
    this.moves = document.createElement("move-list");
    this.moves.addEventListener("view", ({ detail }) => this.#view(detail.viewed));
    this.actions = new Actions(this.match, { flip: () => this.#flip() });
    this.absent = h("p", { class: "absent", role: "status", hidden: true });
    this.watchers = h("p", { class: "watchers" });
    this.back = button(t("game.toNewest"), () => this.#view(null), { class: "quiet", hidden: true });
    put(this,
      h("h1", { class: "unseen" }, t("game.heading", { game: title, one: this.match.session.players[0], other: this.match.session.players[1] })),
      this.turn,
      h("div", { class: "stand" }, this.bars[0].element, this.table, this.bars[1].element),
      h("div", { class: "side" }, this.absent, this.actions.result, this.actions.element, this.back, this.moves, this.watchers),
    );
  }

  #bar() {
    const dot = h("span", { class: "dot", role: "img" });
    const name = h("a", { class: "player" });
    const clock = document.createElement("game-clock");
    const note = h("span", { class: "note" });
    const takeBack = button(t("game.takeBackShort"), () => this.#takeBack(), { class: "take-back", "aria-label": t("game.takeBack"), title: t("game.takeBack") });
    return { element: h("div", { class: "bar" }, dot, name, note, takeBack, clock), dot, name, note, takeBack, clock };
  }

  get #bottom() {
    const own = this.match.seat ?? 0;
    return this.#flipped ? 1 - own : own;
  }

  #show() {
    const { match } = this;
    const { session, steps } = match;
    const count = this.#viewed ?? steps.length;
    const newest = count === steps.length;
    const state = newest ? session.state : match.stateAt(count);
    const isMoving = match.commands.move !== null;
    this.#showBar(this.bars[0], 1 - this.#bottom);
    this.#showBar(this.bars[1], this.#bottom);
    say(this.turn, turnWords(this.match));
    this.turn.classList.toggle("mine", match.isMyTurn);
    this.table.show({
      game: session.game, state, seat: match.seat, bottom: this.#bottom, players: session.players,
      pending: newest ? read(match.commands.move) : null,
      legal: newest && !isMoving ? session.legal : [],
      active: newest && match.isActive, premove: newest ? match.premove : null,
      premoving: newest && match.isActive && match.seat !== null && (isMoving || !match.isMyTurn) && session.state.turn !== null,
    });
    const { grids, hands } = this.table.drawn;
    this.style.setProperty("--files", grids[0].files * grids.length);
    this.style.setProperty("--ranks", grids[0].ranks);
    this.classList.toggle("twofold", grids.length > 1);
    this.classList.toggle("handless", !session.state.hands && hands.every((hand) => hand.length === 0));
    this.moves.show({
      steps, viewed: count, players: session.players, charted: !match.isActive,
      opens: new Set(match.stateAt(0) ? [0] : []),
    });
    this.back.hidden = newest || !match.isActive;
    this.actions.show();
    this.#showAbsent();
    this.watchers.hidden = !session.spectators;
    this.watchers.textContent = t("game.watching", { count: session.spectators });
    title(match.isMyTurn ? t("title.yourTurn") : session.players.join(" – "), gameTitle(session.game));
  }

  #showBar(bar, seat) {
    const { session, clocksAsOf, bothHaveMoved, isActive, premove } = this.match;
    const login = session.players[seat];
    const there = session.connected.includes(login);
    bar.element.classList.toggle("to-move", session.to_move.includes(login));
    bar.element.dataset.side = seat;
    bar.dot.className = there ? "dot there" : "dot";
    bar.dot.setAttribute("aria-label", there ? t("game.connected") : t("game.notConnected"));
    bar.name.href = address("player", login);
    say(bar.name, login);
    const isPlanned = login === store.login && premove !== null;
    say(bar.note, login === store.login && !isPlanned ? t("game.you") : "");
    bar.takeBack.hidden = !isPlanned;
    bar.clock.hidden = !session.clocks;
    if (session.clocks) {
      bar.clock.set(session.clocks[login], clocksAsOf, isActive && bothHaveMoved && session.to_move.includes(login));
    }
  }

  #showAbsent() {
    const { session, opponent, deadlines, isActive } = this.match;
    const gone = isActive && opponent !== null && !session.connected.includes(opponent);
    const absence = !gone ? null : session.claims.includes("claim_victory") ? "claim" : deadlines[opponent] ?? null;
    if (absence === this.#absence) {
      return;
    }
    this.#absence = absence;
    this.#stopCountdown?.();
    this.#stopCountdown = null;
    this.absent.hidden = !absence;
    if (absence === "claim") {
      say(this.absent, t("game.left", { player: opponent }));
    } else if (absence) {
      this.#stopCountdown = countdown(this.absent, absence, (time) => t("game.absent", { player: opponent, time }), () => this.#lookForClaim(absence));
    }
  }

  // No event tells that a grace has run out and a victory can be claimed.
  async #lookForClaim(deadline) {
    while (this.isConnected && this.#absence === deadline) {
      await this.match.refresh();
      await pause(LOOKS_EVERY);
    }
  }

  #onMoved() {
    this.#viewed = this.match.isMyTurn ? null : this.#viewed;
    sound.knock();
    this.#show();
  }

  #onRefused({ error, command }) {
    const reason = words(error);
    notice(command.type === "move" ? t("game.movedBack", { reason }) : reason, { kind: "bad" });
  }

  #plan(premove) {
    this.match.plan(premove);
    if (premove) {
      announce(t("game.planned", { from: pieceName(premove.from.replace(/^@/, "")), to: premove.to }));
    }
  }

  #takeBack() {
    this.table.putBack();
    this.table.querySelector(".square[tabindex='0']").focus(); // the button is gone
  }

  #view(viewed) {
    this.#viewed = viewed === this.match.steps.length ? null : viewed;
    this.#show();
  }

  #flip() {
    this.#flipped = !this.#flipped;
    this.#show();
  }

  #onKey = (event) => {
    const elsewhere = event.target.closest?.("input, textarea, select, dialog");
    if (elsewhere || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === "Escape") {
      this.table.putBack();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      this.moves.step(event.key === "ArrowLeft" ? -1 : 1);
    } else if (event.key === "f") {
      this.#flip();
    }
  };
}

customElements.define("game-page", GamePage);
