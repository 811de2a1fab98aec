// A player beside the board: whether they are connected, their rating, the planned move and the clock.

import { button, h, say } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { kindMark, kindOf } from "../lib/kinds.js";
import { standingWords } from "../lib/results.js";
import { address } from "../lib/router.js";
import * as sound from "../lib/sound.js";
import { store } from "../lib/store.js";
import "./clock.js";

export class PlayerBar {
  /**
   * @param {import("../games/match.js").Match} match
   * @param {import("../games/standings.js").Standings} standings
   * @param {() => void} takeBack
   */
  constructor(match, standings, takeBack) {
    this.match = match;
    this.standings = standings;
    this.dot = h("span", { class: "dot", role: "img" });
    this.side = h("span", { hidden: true }); // of many players, the colour of the pieces and moves
    this.name = h("a", { class: "player" });
    this.kind = kindMark();
    this.rating = h("span", { class: "rated", title: t("leaders.rating") });
    this.change = h("span", { class: "change" });
    this.note = h("span", { class: "note" });
    this.takeBack = button(t("game.takeBackShort"), takeBack, {
      class: "take-back", "aria-label": t("game.takeBack"), title: t("game.takeBack"),
    });
    this.clock = h("game-clock", { on: { low: () => this.#isOwn && sound.warn(), over: () => match.refresh() } });
    this.values = h("section", { class: "values", tabindex: -1, hidden: true }); // filled by the table
    this.element = h("div", { class: "bar" }, this.dot, this.side, this.name, this.kind, this.rating, this.change, this.note, this.takeBack, this.clock);
  }

  /** @param {number} seat @param {Record<string, number> | null} clocks those of an earlier position, if one is looked at */
  show(seat, clocks = null) {
    const { session, premove } = this.match;
    const login = session.players[seat];
    const isThere = session.connected.includes(login);
    const isPlanned = login === store.login && premove !== null;
    this.element.classList.toggle("to-move", session.to_move.includes(login));
    this.element.dataset.side = String(seat);
    this.side.className = `by side-${seat}`;
    this.side.hidden = session.players.length === 2;
    this.dot.classList.toggle("there", isThere);
    this.dot.setAttribute("aria-label", isThere ? t("game.connected") : t("game.notConnected"));
    this.name.href = address("player", login);
    if (this.name.textContent !== login) {
      const kind = kindOf(login);
      this.kind.replaceWith(kind);
      this.kind = kind;
    }
    say(this.name, login);
    const isOut = session.out.includes(login) && session.status === "active";
    const notes = [login === store.login && !isPlanned ? t("game.you") : "", isOut ? t("game.out") : "", standingWords(session, login)];
    say(this.note, notes.filter(Boolean).join(", "));
    this.takeBack.hidden = !isPlanned;
    this.#showRating(login);
    this.#showClock(login, clocks);
  }

  get #isOwn() {
    return this.name.textContent === store.login;
  }

  /** @param {string} login */
  #showRating(login) {
    const known = this.standings.of(login);
    const change = known?.change ?? 0;
    say(this.rating, known ? `${known.rating}${known.isProvisional ? "?" : ""}` : "");
    say(this.change, change ? `${change > 0 ? "+" : "−"}${Math.abs(change)}` : "");
    this.change.classList.toggle("lost", change < 0);
  }

  /** @param {string} login @param {Record<string, number> | null} clocks */
  #showClock(login, clocks) {
    const { session } = this.match;
    this.clock.hidden = !session.clocks;
    if (session.clocks) {
      this.clock.show(this.match, login, clocks);
    }
  }
}
