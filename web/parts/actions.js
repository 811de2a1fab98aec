// What a player can do apart from moving, and what can be done with a game that has ended.

import { copy } from "../lib/clipboard.js";
import { button, focused, h, say } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { address, go } from "../lib/router.js";
import { store } from "../lib/store.js";
import { challenge } from "./challenge_form.js";
import { continueFrom } from "./continue_form.js";

// The reasons of ends after which the rules would let the last position be played on.
const BY_THE_SERVER = ["resignation", "agreement", "timeout", "abandonment", "aborted"];

export class Actions {
  viewed = 0; // how many moves have been made in the position shown
  #resigning = false;
  /** @type {Record<string, HTMLButtonElement>} by type */
  #commands = {};

  /** @param {import("../games/match.js").Match} match @param {{ flip: () => void }} options */
  constructor(match, { flip }) {
    this.match = match;
    const action = (/** @type {string} */ name, /** @type {() => void} */ run, /** @type {Page.Props} */ props = {}) => button(t(`action.${name}`), run, props);
    const command = (/** @type {string} */ type, /** @type {string} */ name, /** @type {Page.Props} */ props = {}) => (this.#commands[type] = action(name, () => match.command({ type }), props));
    this.offer = command("offer_draw", "offerDraw");
    this.accept = command("accept_draw", "acceptDraw", { class: "main" });
    this.decline = command("decline_draw", "declineDraw");
    this.takeBack = command("offer_takeback", "takeBack");
    this.agree = command("accept_takeback", "acceptTakeback", { class: "main" });
    this.refuse = command("decline_takeback", "declineTakeback");
    this.resign = action("resign", () => this.#askToResign(true));
    this.sure = action("resign", () => { this.#askToResign(false); match.command({ type: "resign" }); }, { class: "danger" });
    this.keep = action("keepPlaying", () => this.#askToResign(false));
    this.abort = command("abort", "abort");
    this.victory = command("claim_victory", "claimVictory", { class: "main" });
    this.draw = command("claim_draw", "claimDraw");
    this.flip = action("flip", flip, { class: "quiet" });
    this.rematch = action("rematch", () => this.#askRematch(), { class: "main" });
    this.challenge = action("challenge", () => challenge(this.match.opponent ?? "", { game: this.match.session.game, casual: !this.match.session.options.rated }));
    this.another = action("another", () => go("lobby", "search"), {});
    this.goOn = action("goOn", () => continueFrom(this.match.session, this.match.versionAt(this.viewed), this.match.stateAt(this.viewed)?.turn));
    this.copy = action("copy", () => this.#export("copy"), { class: "quiet" });
    this.download = action("download", () => this.#export("download"), { class: "quiet" });
    this.offered = h("p", { class: "offered", role: "status" });
    this.back = h("p", { class: "offered", role: "status" });
    this.question = h("p", { class: "offered" }, t("action.sure"));
    this.asked = h("p", { class: "offered", role: "status" });
    this.said = h("h2", {}, t("result.next"));
    this.result = h("section", { class: "result", hidden: true },
      this.said, this.asked, h("div", { class: "row" }, this.rematch, this.challenge, this.goOn, this.another),
      h("div", { class: "row" }, this.copy, this.download));
    this.element = h("div", { class: "actions", role: "group", tabindex: -1, "aria-label": t("action.group") },
      this.offered, this.back, this.question,
      h("div", { class: "row" }, this.accept, this.decline, this.agree, this.refuse, this.victory, this.draw,
        this.abort, this.takeBack, this.offer, this.resign, this.keep, this.sure, this.flip));
  }

  /** Shows what can be done now. If the button that has the focus disappears, the group gets it. */
  show() {
    const held = /** @type {HTMLButtonElement | null} */ (this.element.contains(focused()) ? focused() : null);
    this.#show();
    if (held?.hidden || held?.disabled) {
      this.element.focus({ preventScroll: true });
    }
  }

  #show() {
    const { session, seat, isActive, bothHaveMoved, commands } = this.match;
    const plays = isActive && seat !== null && !session.out.includes(session.players[seat]);
    const offeredBy = session.draw_offered_by;
    const isOffered = plays && this.#isAsked("draw", offeredBy);
    this.offered.hidden = !plays || !offeredBy;
    say(this.offered, this.#offerWords("draw", offeredBy, "action.drawOffered", "action.youOffered"));
    for (const [type, pressed] of Object.entries(this.#commands)) {
      pressed.disabled = commands.has(type);
    }
    this.resign.disabled = commands.has("resign");
    this.accept.hidden = this.decline.hidden = !isOffered;
    this.offer.hidden = !plays || offeredBy !== null;
    this.#showTakeback(plays);
    this.abort.hidden = !plays || bothHaveMoved;
    this.resign.hidden = !plays || this.#resigning;
    this.question.hidden = this.keep.hidden = this.sure.hidden = !plays || !this.#resigning;
    this.victory.hidden = !plays || !session.claims.includes("claim_victory");
    this.draw.hidden = !plays || !session.claims.includes("claim_draw");
    this.#showResult();
  }

  /** @param {boolean} plays */
  #showTakeback(plays) {
    const { session, steps } = this.match;
    const offeredBy = plays ? session.takeback_offered_by : null;
    const isOffered = this.#isAsked("takeback", offeredBy);
    this.back.hidden = offeredBy === null;
    say(this.back, this.#offerWords("takeback", offeredBy, "action.takebackOffered", "action.youOfferedTakeback"));
    this.agree.hidden = this.refuse.hidden = !isOffered;
    this.takeBack.hidden = !plays || !session.takebacks || offeredBy !== null || !steps.some(({ login }) => login === store.login);
  }

  /** Returns whether the player has to answer an offer. @param {"draw" | "takeback"} what @param {string | null} offeredBy */
  #isAsked(what, offeredBy) {
    return ![null, store.login].includes(offeredBy) && !this.match.offers.agreed[what].includes(store.login ?? "");
  }

  /** Returns who has made an offer, and who of many has agreed. @param {"draw" | "takeback"} what @param {string | null} player @param {string} offered @param {string} ownOffer */
  #offerWords(what, player, offered, ownOffer) {
    const agreed = this.match.offers.agreed[what].filter((login) => login !== player);
    return [player === store.login ? t(ownOffer) : t(offered, { player }), agreed.length && t("action.agreed", { players: agreed.join(", ") })].filter(Boolean).join(" ");
  }

  #showResult() {
    const { session, steps, seat, isActive, rematch, opponent, canRematch } = this.match;
    this.result.hidden = isActive;
    if (isActive) {
      return;
    }
    const won = store.login !== null && session.result?.winner === store.login;
    this.result.classList.toggle("won", won);
    const hasAsked = rematch.includes(store.login ?? "");
    const isOver = this.viewed === steps.length && !BY_THE_SERVER.includes(session.result?.reason ?? "");
    this.goOn.hidden = isOver || steps.slice(0, this.viewed).some(({ left }) => left); // as the server refuses it
    this.rematch.hidden = !canRematch || hasAsked;
    this.another.hidden = seat === null;
    this.challenge.hidden = opponent === null;
    this.asked.hidden = !rematch.length;
    say(this.asked, hasAsked ? t("action.rematchSent") : t("action.rematchAsked", { player: rematch.at(-1) ?? "" }));
  }

  /** @param {boolean} asked */
  #askToResign(asked) {
    const isHeld = focused() === this.resign || focused() === this.keep;
    this.#resigning = asked;
    this.show();
    if (isHeld) {
      (asked ? this.keep : this.resign).focus();
    }
  }

  async #askRematch() {
    try {
      const answer = await this.match.askRematch();
      if (answer.status === "created") {
        location.hash = address("game", answer.session_id);
      } else {
        this.match.rematch = [...this.match.rematch, store.login ?? ""];
        this.show();
      }
    } catch (error) {
      notice(words(error), { kind: "bad" });
    }
  }

  /** @param {"copy" | "download"} how */
  async #export(how) {
    try {
      const exported = store.rpc.call("sessions.export", { session_id: this.match.id });
      if (how === "copy") {
        const copied = await copy(exported.then(({ text }) => text));
        notice(t(copied ? "copied" : "action.noClipboard"), { kind: copied ? "info" : "bad" });
      } else {
        const { format, text } = await exported;
        save(`${this.match.session.game}-${this.match.id}.${format === "pgn" ? "pgn" : "txt"}`, text);
      }
    } catch (error) {
      notice(words(error), { kind: "bad" });
    }
  }
}

/** Downloads a text. @param {string} name @param {string} text */
function save(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
