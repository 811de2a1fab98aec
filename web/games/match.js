// One session as this viewer sees it. Events keep it up to date, and it catches up after each reconnection.
//
// Events: "change" after anything new, "moved" after a move or after a player has left, "ended" at the end, "refused" with the error of a
// command, "taken-back" after moves were, "premove-gone" when the planned move has become impossible,
// "waiting" when the session waits for the code of its game.

import { waitToRetry } from "../lib/rpc.js";
import { store } from "../lib/store.js";
import { Commands } from "./commands.js";
import { begins, read } from "./moves.js";
import { Offers } from "./offers.js";

// Notifications of stored events, which have versions.
const STORED = ["session.state_changed", "session.player_connected", "session.player_disconnected",
  "session.draw_offered", "session.draw_declined", "session.takeback_offered", "session.takeback_accepted",
  "session.takeback_declined", "session.player_left", "session.rules_changed", "session.ended"];

// Errors by which a session waits, and its clocks too, for the code of its game.
const WAITS = new Set(["RulesUnavailable", "GameSuspended"]);

export class Match extends EventTarget {
  // Null until `open` has been answered; what needs it runs later.
  session = /** @type {Protocol.Session} */ (/** @type {unknown} */ (null));
  clocksAsOf = 0; // when the clocks of the session were right, by performance.now()
  /** @type {Page.State | null} the state before the first move */
  first = null;
  /** @type {Page.Step[]} */
  steps = [];
  /** @type {Record<string, string>} by login: when the grace of a player who has left ends */
  deadlines = {};
  /** @type {string[]} who has asked for a rematch */
  rematch = [];
  offers = new Offers();
  /** @type {Page.Failure | null} why the session waits, with all who play it */
  waits = null;
  /** @type {Page.Premove | null} what to move as soon as it is the viewer's turn */
  premove = null;
  /** @type {string | undefined} when somebody first connected */
  startedAt;
  /** @type {Promise<void> | null} */
  #opened = null;
  #closed = false;
  #isCatchingUp = false;

  /** @param {string} id */
  constructor(id) {
    super();
    this.id = id;
    this.commands = new Commands(id);
    this.commands.addEventListener("change", () => this.session && this.#changed());
    this.commands.addEventListener("refused", this.#onRefused);
    store.rpc.addEventListener("notification", this.#hear);
    store.rpc.addEventListener("ready", this.#comeBack);
  }

  open() {
    return (this.#opened ??= this.#open());
  }

  async #open() {
    await this.#connect();
    if (this.isPlayed && !this.#closed) {
      this.commands.resume();
    }
  }

  // Without a connection to the session no event comes, and the player counts as absent: it is tried until it works.
  async #connect() {
    /** @type {Protocol.Event[]} */
    const events = [];
    const params = () => ({ session_id: this.id, since: events.at(-1)?.version ?? this.session?.version ?? 0 });
    let answer;
    do {
      answer = await this.#waitFor(() => store.rpc.insist("sessions.connect", params, () => !this.#closed));
      events.push(...(answer?.events ?? []));
    } while (answer?.next); // there were more events than an answer holds
    if (answer) {
      this.#take({ ...answer, events });
    }
  }

  /** Calls until the session does not wait. @template T @param {() => Promise<T>} call @returns {Promise<T | null>} */
  async #waitFor(call) {
    while (!this.#closed) {
      try {
        const answer = await call();
        this.waits = null;
        return answer;
      } catch (error) {
        if (!WAITS.has(error.type)) {
          throw error;
        }
        if (this.session) {
          this.#stopClocks();
        }
        this.waits = error;
        this.dispatchEvent(new CustomEvent("waiting", { detail: { error } }));
        await waitToRetry(error);
      }
    }
    return null;
  }

  close() {
    this.#closed = true;
    this.commands.close();
    store.rpc.removeEventListener("notification", this.#hear);
    store.rpc.removeEventListener("ready", this.#comeBack);
    if (store.rpc.state === "ready" && this.session) {
      store.rpc.call("sessions.disconnect", { session_id: this.id }).catch(() => {});
    }
  }

  get seat() {
    const seat = this.session.players.indexOf(store.login ?? "");
    return seat < 0 ? null : seat;
  }

  /** Returns the others who play: for a spectator, all. */
  get opponents() {
    return this.session.players.filter((login) => login !== store.login);
  }

  /** Returns the opponent in a game of two. */
  get opponent() {
    return this.seat === null || this.session.players.length !== 2 ? null : this.opponents[0];
  }

  get isActive() {
    return this.session.status === "active";
  }

  get isPlayed() {
    return this.session !== null && this.isActive && this.seat !== null;
  }

  get isMyTurn() {
    return this.isActive && !this.waits && this.session.to_move.includes(store.login ?? "");
  }

  /** Returns whether the clocks of those to move run: with days a move at once, else when every player has moved. */
  get clocksRun() {
    return this.isActive && !this.waits && (this.bothHaveMoved || "days" in (this.session.options.clock ?? {}));
  }

  /** Returns whether every player has moved, or is out before that. */
  get bothHaveMoved() {
    return this.session.players.every((login) => this.session.out.includes(login) || this.steps.some((step) => step.login === login));
  }

  /** Returns the position after so many moves, or null if it is not known yet. @param {number} count */
  stateAt(count) {
    return count === 0 ? this.first : this.steps[count - 1].state;
  }

  /** Returns the version of the position after so many moves. @param {number} count */
  versionAt(count) {
    return count === 0 ? 0 : this.steps[count - 1].version;
  }

  /** @param {any} move */
  move(move) {
    return this.command({ type: "move", move }, this.session.version);
  }

  /** @param {Page.Command} command @param {number} [version] */
  command(command, version) {
    this.commands.give(command, version);
  }

  /** Plans a move for the next turn, or takes the plan back. @param {Page.Premove | null} premove */
  plan(premove) {
    this.premove = premove;
    this.#changed();
  }

  #carryOutPlan() {
    const { premove, session } = this;
    if (!premove || this.commands.move !== null || (this.isActive && !this.isMyTurn)) {
      return;
    }
    this.premove = null;
    const fits = session.legal.map(read).find((move) => move?.to === premove.to && begins(move, premove.from));
    if (fits) {
      this.move(fits.move);
    } else if (this.isActive) {
      this.dispatchEvent(new Event("premove-gone"));
    }
  }

  /** Returns whether a rematch can begin: of many, without those who were out and are gone. */
  get canRematch() {
    const { players, connected, out, options, game } = this.session;
    // After the end no event tells that an opponent is back, except a request for a rematch.
    const gone = this.opponents.filter((login) => !connected.includes(login) && !this.rematch.includes(login));
    const canRemain = !options.from && players.length - gone.length >= (store.game(game)?.min_players ?? players.length);
    const isReady = gone.length === 0 || (canRemain && gone.every((login) => out.includes(login)));
    return this.seat !== null && ("days" in (options.clock ?? {}) || isReady);
  }

  /** Asks for a rematch, or accepts it. */
  async askRematch() {
    return store.rpc.call("sessions.rematch", { session_id: this.id });
  }

  #onRefused = (/** @type {Page.Events["refused"]} */ { detail }) => {
    this.premove = null;
    this.dispatchEvent(new CustomEvent("refused", { detail }));
    this.#catchUp();
  };

  // Who disconnects takes back a request for a rematch, and this may have been missed.
  #comeBack = () => {
    this.rematch = [];
    this.#catchUp();
  };

  async #catchUp() {
    if (!this.session || this.#isCatchingUp) {
      return;
    }
    this.#isCatchingUp = true;
    try {
      await this.#connect();
    } catch {
      // it is tried again at the next connection
    } finally {
      this.#isCatchingUp = false;
    }
  }

  /** @param {Protocol.Connected} answer */
  #take({ session, events }) {
    if (this.#closed) {
      return;
    }
    const [isFirst, before, known] = [this.session === null, this.steps.length, this.session?.version ?? 0];
    const ends = this.session?.status === "active" && session.status === "ended";
    if (session.version < known) {
      return; // newer events have come meanwhile
    }
    events.slice(-1).forEach(({ at }) => store.rpc.learnTime(at)); // often of connecting, just now
    events.filter(({ version }) => version > known).forEach((event) => this.#note(event));
    this.#replace(session);
    this.rematch = [...new Set([...(session.rematch_asked_by ?? []), ...this.rematch])]; // asked for meanwhile
    this.commands.seen(session.version);
    if (!this.isActive) {
      this.commands.forgetAll();
    }
    for (const login of session.connected) {
      delete this.deadlines[login];
    }
    this.#findFirst();
    this.#carryOutPlan();
    this.#changed();
    if (!isFirst && this.steps.length > before) {
      this.dispatchEvent(new Event("moved"));
    }
    if (ends) {
      this.dispatchEvent(new Event("ended"));
      this.#reveal();
    }
  }

  /** @param {Protocol.Session} session */
  #replace(session) {
    this.session = session;
    this.clocksAsOf = performance.now();
  }

  // Until the server has sent the clocks: else they would show their state at the last move.
  #stopClocks() {
    const { clocks, to_move: running } = this.session;
    if (clocks && this.clocksRun) {
      const passed = (performance.now() - this.clocksAsOf) / 1000;
      running.forEach((login) => (clocks[login] = Math.max(clocks[login] - passed, 0)));
    }
  }

  async #findFirst() {
    if (!this.first && this.steps.length === 0) {
      this.first = this.session.state;
    } else if (!this.first) {
      const { state } = await store.rpc.call("sessions.initial_state", { session_id: this.id }).catch(() => ({ state: null }));
      this.first = state;
      this.#changed();
    }
  }

  #hear = (/** @type {Page.Events["notification"]} */ { detail: { method, params } }) => {
    if (params.session_id !== this.id || !this.session) {
      return;
    }
    if (method === "session.spectators_changed") {
      this.session.spectators = params.spectators;
    } else if (method === "session.rematch_asked") {
      this.rematch = params.login ? [...this.rematch, params.login] : [];
    } else if (STORED.includes(method)) {
      if (params.version <= this.session.version) {
        return;
      }
      if (params.version > this.session.version + 1) {
        this.#catchUp();
        return;
      }
      this.#apply(method, params);
      this.#carryOutPlan();
    }
    this.#changed();
  };

  /** @param {string} type @param {Record<string, any>} params */
  #apply(type, params) {
    const session = this.session;
    session.version = params.version;
    this.commands.seen(params.version);
    this.#note(/** @type {Protocol.Event} */ ({ ...params, type }));
    if (type === "session.state_changed") {
      this.#showPosition(params);
      if (params.command.login === store.login) {
        this.commands.moveIsMade();
      }
      this.#lookForClaims();
      this.dispatchEvent(new Event("moved"));
    } else if (type === "session.player_left") {
      this.#showPosition(params);
      this.dispatchEvent(new Event("moved"));
    } else if (type === "session.player_connected") {
      session.connected = [...new Set([...session.connected, params.login])];
      this.#withdrawClaims();
    } else if (type === "session.player_disconnected") {
      session.connected = session.connected.filter((login) => login !== params.login);
    } else if (type === "session.draw_offered") {
      session.draw_offered_by ??= params.login;
    } else if (type === "session.draw_declined") {
      session.draw_offered_by = null;
    } else if (type === "session.takeback_offered") {
      session.takeback_offered_by ??= params.login;
    } else if (type === "session.takeback_declined") {
      session.takeback_offered_by = null;
    } else if (type === "session.takeback_accepted") {
      this.#showPosition(params);
      this.premove = null;
      this.#lookForClaims();
      this.dispatchEvent(new Event("taken-back"));
    } else if (type === "session.rules_changed") {
      this.refresh(); // the position is shown by other rules now
    } else if (type === "session.ended") {
      this.#stopClocks();
      this.commands.forgetAll();
      Object.assign(session, {
        status: "ended", result: params.result, to_move: [], legal: [], draw_offered_by: null, takeback_offered_by: null, claims: [],
      });
      this.dispatchEvent(new Event("ended"));
      this.refresh(); // the game's secrets are visible now, and the clocks have stopped
      this.#reveal();
    }
  }

  /** @param {Record<string, any>} params */
  #showPosition({ state, legal, to_move, clocks, clock_details = null, draw_offered_by = null, out = this.session.out }) {
    Object.assign(this.session, { state, legal, to_move, clocks, clock_details, draw_offered_by, takeback_offered_by: null, out, claims: [] });
    this.clocksAsOf = performance.now();
  }

  /** @param {Protocol.Event} event */
  #note(event) {
    this.offers.note(event);
    if (event.type === "session.state_changed") {
      this.#step(event, event.command);
    } else if (event.type === "session.takeback_accepted") {
      this.steps.splice(-event.taken_back.length);
    } else if (event.type === "session.player_connected") {
      this.startedAt ??= event.at;
      delete this.deadlines[event.login];
    } else if (event.type === "session.player_disconnected") {
      this.deadlines[event.login] = event.deadline;
    } else if (event.type === "session.player_left") {
      delete this.deadlines[event.login];
      this.#step(event, { login: event.login, left: true });
    }
  }

  /** @param {Protocol.Event} event @param {{ login: string, move?: any, left?: true }} made */
  #step({ version, at, state, clocks }, made) {
    const before = this.steps.at(-1);
    const seconds = Math.max((Date.parse(at) - Date.parse(before?.at ?? this.startedAt ?? at)) / 1000, 0);
    const number = (before?.number ?? 0) + (made.left ? 0 : 1);
    this.steps.push({ ...made, number, version, at, seconds, state, clocks });
  }

  // A victory can't be claimed against a player who has come back. A draw may still be open by the rules.
  #withdrawClaims() {
    if (this.session.claims.includes("claim_victory")) {
      this.session.claims = [];
      this.refresh();
    }
  }

  // No event tells which claims are open.
  #lookForClaims() {
    if (this.isMyTurn && this.session.state.ply > 6) {
      this.refresh();
    }
  }

  /** Reads the session again. */
  async refresh() {
    try {
      const session = await store.rpc.call("sessions.get", { session_id: this.id });
      if (!this.#closed && session.version === this.session.version) {
        this.#replace(session);
        this.#changed();
      }
    } catch (error) {
      if (WAITS.has(error.type)) {
        this.#catchUp();
      } // else what is known stays
    }
  }

  /** Reads the moves again that were hidden, once the game has ended. */
  async #reveal() {
    if (this.steps.every(({ move }) => move !== null)) {
      return;
    }
    /** @type {Protocol.Event[]} */
    const events = [];
    let since = /** @type {number | null} */ (0);
    try {
      while (since !== null) {
        const page = await store.rpc.call("sessions.history", { session_id: this.id, since });
        events.push(...page.events);
        since = page.next;
      }
      this.first = (await store.rpc.call("sessions.initial_state", { session_id: this.id })).state;
    } catch {
      return; // what is known stays
    }
    this.steps = [];
    events.forEach((event) => this.#note(event));
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
