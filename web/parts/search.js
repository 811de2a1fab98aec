// The search for opponents: how long it has taken, how far ratings may differ, and how long it may take.
//
// Events: "change" when it begins or ends, offers the computer, or is no longer shown.

import { button, h, patientButton, say } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { duration, number, t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { speedOf, speedWords } from "../lib/speeds.js";
import { store } from "../lib/store.js";
import { clockWords, nearestUsual } from "./clock_choice.js";
import { computerPanel } from "./computer.js";
import { openGame } from "./open_game.js";
import { about, playersWords } from "./rooms.js";

const POLL_SECONDS = 2;
// Just before its opponent is announced, a search is missing in one poll.
const MISSING_POLLS = 2;
const OFFER_SECONDS = 20; // after which the computer is offered instead
const EVERYBODY_POINTS = 1000; // the ratings of all players are within it

class SearchPanel extends HTMLElement {
  /** @type {Protocol.Methods["searcher.start"]["params"] | null} */
  #wanted = null;
  /** @type {Record<string, number> | null} the usual clock that is nearest to an unusual one that is searched for */
  #nearest = null;
  #beganAt = 0;
  #beganAtServer = 0; // by the server's clock
  /** @type {number | undefined} */
  #timer;
  #asking = false;
  /** @type {Promise<void>} starts and stops searches one after the other */
  #calls = Promise.resolve();
  #missing = 0; // how many polls in a row have found no search
  #hasReconnected = false; // the search may have ended with the connection before
  /** @type {() => { game: string, options: Record<string, any>, seats: number }} */
  choose;
  /** @type {() => Promise<unknown>} opens a room for what is chosen; returns nothing if it could not */
  openRoom;
  /** @type {HTMLButtonElement} */
  start;
  /** @type {HTMLButtonElement} */
  stop;
  /** @type {HTMLButtonElement} */
  instead;
  /** @type {HTMLButtonElement} */
  usual;
  /** @type {HTMLButtonElement} */
  room;
  /** @type {HTMLElement} */
  unusual;
  /** @type {HTMLElement} */
  running;
  /** @type {HTMLElement} */
  status;
  /** @type {HTMLElement} */
  about;
  /** @type {HTMLElement} */
  time;
  /** @type {HTMLElement} */
  window;
  /** @type {HTMLElement} */
  others;
  /** @type {HTMLElement} */
  estimate;

  constructor() {
    super();
    store.rpc.addEventListener("ready", this.#again);
    store.rpc.addEventListener("notification", this.#hear);
    store.addEventListener("login", () => this.runs && this.#running(false));
  }

  connectedCallback() {
    this.className = "search";
    this.start = button(t("search.start"), () => this.begin(), { class: "main huge" });
    this.stop = button(t("search.stop"), () => this.end());
    this.instead = patientButton(t("computer.instead"), () => this.playComputer(), { hidden: true });
    this.usual = patientButton("", () => this.#searchWithUsual());
    this.room = patientButton(t("room.create"), () => this.#openRoom());
    this.unusual = h("p", { role: "status" });
    this.about = h("p", { class: "quiet" });
    this.time = h("strong", { class: "waited" });
    this.range = h("p", {}, t("search.range"));
    this.window = h("p");
    this.others = h("p");
    this.estimate = h("p");
    this.status = h("p", { role: "status" });
    this.running = h("div", { class: "searching", hidden: true, role: "group", "aria-label": t("search.group") },
      h("div", { class: "ripples", "aria-hidden": true }, h("i"), h("i"), h("i")),
      this.status, this.about, this.time, this.range, this.window, this.others, this.estimate, this.unusual,
      this.stop, h("div", { class: "row" }, this.usual, this.room, this.instead));
    this.replaceChildren(this.start, this.running);
    this.#running(this.runs);
  }

  disconnectedCallback() {
    this.dispatchEvent(new Event("change"));
  }

  get runs() {
    return this.#wanted !== null;
  }

  /** Says that it runs. */
  get words() {
    return t((this.#wanted?.seats ?? 2) > 2 ? "search.runningMany" : "search.running");
  }

  get offersComputer() {
    return this.runs && !this.instead.hidden;
  }

  /** Sets what returns the chosen game, options and seats. @param {() => { game: string, options: Record<string, any>, seats: number }} chosen */
  set chosen(chosen) {
    this.choose = chosen;
  }

  async begin(wanted = this.choose()) {
    if (this.runs) {
      return;
    }
    this.#wanted = wanted;
    say(this.window, "");
    this.#beganAt = Date.now();
    this.#beganAtServer = store.now();
    this.#hasReconnected = false;
    this.#running(true);
    this.stop.focus();
    await this.#ask();
  }

  async end() {
    this.#running(false);
    this.start.focus({ preventScroll: true });
    await this.#inTurn(async () => {
      try {
        await store.rpc.call("searcher.stop");
      } catch (error) {
        if (error.type !== "SearchNotStarted") {
          notice(words(error), { kind: "bad" });
        }
      }
    });
  }

  /** Stops the search, and begins a game against the computer. */
  async playComputer() {
    await this.end();
    await computerPanel.play();
  }

  async #searchWithUsual() {
    const wanted = { ...this.#wanted, options: { ...this.#wanted?.options, clock: this.#nearest } };
    await this.end();
    await this.begin(/** @type {ReturnType<typeof this.choose>} */ (wanted));
  }

  async #openRoom() {
    if (await this.openRoom()) {
      await this.end();
    }
  }

  // The server may serve two calls in either order: it could stop a search before it has started it.
  /** @param {() => Promise<void>} call */
  #inTurn(call) {
    return (this.#calls = this.#calls.then(call));
  }

  #ask() {
    return this.#inTurn(async () => {
      const wanted = this.#wanted;
      if (!wanted) {
        return; // it has been stopped meanwhile
      }
      this.#asking = true;
      this.#missing = 0;
      try {
        const answer = await store.rpc.call("searcher.start", wanted);
        if (answer.status === "found") {
          this.#found(answer.session_id);
        }
      } catch (error) {
        if (this.#wanted === wanted && error.type !== "SearchAlreadyStarted" && error.type !== "Disconnected") {
          this.#running(false);
          notice(words(error), { kind: "bad" });
        }
      }
      this.#asking = false;
    });
  }

  // A search ends with its connection, at the latest when the server notices that it is dead.
  #again = () => {
    if (this.#wanted) {
      this.#hasReconnected = true;
      this.#resume();
    }
  };

  // Continues the search, unless an opponent was found while there was no connection.
  async #resume() {
    try {
      const { items: [newest] } = await store.rpc.call("sessions.list", { status: "active", login: store.login, limit: 1 });
      if (this.#wanted && newest && Date.parse(newest.created_at) >= this.#beganAtServer) {
        this.#found(newest.session_id);
      }
    } catch {
      // the search continues
    }
    if (this.#wanted) {
      await this.#ask();
    }
  }

  // The server has no search. If it ended with a lost connection it is restarted; otherwise it was
  // stopped on purpose, perhaps in another tab.
  #lose() {
    if (this.#hasReconnected) {
      this.#hasReconnected = false;
      this.#resume();
    } else {
      const again = this.#anew();
      this.#running(false);
      notice(t("search.ended"), { actions: [again] });
    }
  }

  #hear = (/** @type {Page.Events["notification"]} */ { detail: { method, params } }) => {
    if (method === "searcher.opponent_found") {
      this.#found(params.session_id);
    } else if (method === "session.created" && this.#wanted) {
      this.end(); // one game at a time, however it has come about
    } else if (method === "searcher.expired" && this.#wanted) {
      const again = this.#anew();
      this.#running(false);
      const computer = { text: t("computer.play"), run: () => computerPanel.play() };
      notice(t("search.expired"), { actions: [again, ...(computerPanel.isOnline ? [computer] : [])] });
    } else if (method === "searcher.match_lapsed" && this.#wanted) {
      notice(t(params.searching ? "search.goesOn" : "search.missed"));
      if (!params.searching) {
        this.#running(false);
      }
    }
  };

  #anew() {
    const wanted = /** @type {ReturnType<typeof this.choose>} */ (this.#wanted);
    return { text: t("search.again"), run: () => this.begin(wanted) };
  }

  /** @param {string} session its id */
  #found(session) {
    this.#running(false);
    openGame(session);
  }

  /** @param {boolean} runs */
  #running(runs) {
    const focused = document.activeElement === this.stop;
    this.start.hidden = runs;
    this.instead.hidden = true;
    this.running.hidden = !runs;
    say(this.status, this.words);
    say(this.about, this.#wanted && runs ? wantedWords(this.#wanted) : "");
    this.#nearest = runs ? nearestUsual(this.#wanted?.options?.clock ?? null) : null;
    this.unusual.hidden = this.usual.hidden = this.room.hidden = !this.#nearest;
    say(this.unusual, this.#nearest ? t("search.unusual") : "");
    say(this.usual, this.#nearest ? t("search.usual", { clock: clockWords(this.#nearest) }) : "");
    clearInterval(this.#timer);
    if (runs) {
      this.#timer = setInterval(() => this.#tick(), 1000);
      this.#tick();
    } else {
      this.#wanted = null;
      if (focused) {
        this.start.focus();
      }
    }
    this.dispatchEvent(new Event("change"));
  }

  async #tick() {
    const waited = (Date.now() - this.#beganAt) / 1000;
    say(this.time, duration(Math.floor(waited)));
    const offers = (waited >= OFFER_SECONDS || this.#nearest !== null) && computerPanel.isOnline;
    if (offers !== this.offersComputer) {
      this.instead.hidden = !offers;
      this.dispatchEvent(new Event("change"));
    }
    if (Math.round(waited) % POLL_SECONDS || store.rpc.state !== "ready" || this.#asking) {
      return;
    }
    try {
      const answer = await store.rpc.call("searcher.status");
      this.#missing = answer.status === "idle" && !this.#asking ? this.#missing + 1 : 0;
      if (this.#wanted && this.#missing >= MISSING_POLLS) {
        this.#lose();
      } else if (answer.status === "searching") {
        const { estimate, searching } = answer;
        say(this.others, searching > 1 ? t("search.others", { count: searching - 1 }) : t("search.alone"));
        say(this.estimate, estimate === null ? t("search.noEstimate") : t("search.estimate", { time: duration(estimate) }));
      }
      await this.#showWindow();
    } catch {
      // it is polled again
    }
  }

  async #showWindow() {
    if (this.#wanted && !document.hidden) {
      const { window: points } = await store.rpc.call("searcher.window");
      say(this.window, points === null || points > EVERYBODY_POINTS ? t("search.anybody") : t("search.window", { points: number(points) }));
    }
  }
}

customElements.define("search-panel", SearchPanel);

// One panel for the whole visit: a search goes on while other pages are shown.
export const searchPanel = new SearchPanel();

/** Returns what is searched for, in words. @param {Protocol.Methods["searcher.start"]["params"]} wanted */
function wantedWords({ game = "", options = {}, seats }) {
  const speed = speedOf(options.clock);
  return [speed && speedWords(speed), about({ game, options }), playersWords(seats)].filter(Boolean).join(" · ");
}
