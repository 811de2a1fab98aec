// The commands that a player has given in one session. They are sent one after the other, each until it
// is answered. Its id makes sure that it is carried out once, also after a reload.
//
// Events: "change", and "refused" with the error and the command.

import { waitToRetry } from "../lib/rpc.js";
import { store } from "../lib/store.js";

export class Commands extends EventTarget {
  /** @type {Page.WaitingCommand[]} the first of them on its way */
  #waiting = [];
  #key;
  /** @type {(Page.WaitingCommand & { made: number }) | null} the last move to be answered, and the version that it has made */
  #answered = null;
  #version = 0;
  #isSending = false;
  #isClosed = false;

  /** @param {string} session its id */
  constructor(session) {
    super();
    this.session = session;
    this.#key = `arbiter.commands.${session}.${store.login}`;
  }

  /** Returns the move that has been given, and that the session is not yet known to have made. */
  get move() {
    const answered = this.#answered && this.#answered.made > this.#version ? this.#answered : null;
    return (this.#waiting.find(isMove) ?? answered)?.command.move ?? null;
  }

  /** @param {string} type */
  has(type) {
    return this.#waiting.some(({ command }) => command.type === type);
  }

  /**
   * Sends a command, once. To give one again that still waits changes nothing.
   * @param {Page.Command} command
   * @param {number} [version]
   */
  give(command, version) {
    if (command.type !== "move" && this.has(command.type)) {
      return;
    }
    this.#keep([...this.#waiting, { command, command_id: newId(), ...(version === undefined ? {} : { version }) }]);
    this.#send();
  }

  /** Sends the commands that were not answered before the page was reloaded. */
  resume() {
    this.#keep(this.#kept());
    this.#send();
  }

  /** Forgets a move that has been made: its event can come before its answer. */
  moveIsMade() {
    this.#keep(this.#waiting.filter((entry) => !isMove(entry)));
  }

  /** Notes up to which version the session is known. @param {number} version */
  seen(version) {
    this.#version = version;
  }

  forgetAll() {
    this.#keep([]);
  }

  close() {
    this.#isClosed = true;
  }

  async #send() {
    if (this.#isSending) {
      return;
    }
    this.#isSending = true;
    while (this.#waiting.length > 0 && !this.#isClosed) {
      await this.#sendFirst(this.#waiting[0]);
    }
    this.#isSending = false;
  }

  /** @param {Page.WaitingCommand} entry */
  async #sendFirst(entry) {
    /** @type {Protocol.Executed | null} */
    let answer = null;
    /** @type {Page.Failure | null} */
    let refusal = null;
    try {
      answer = await store.rpc.call("sessions.execute", { session_id: this.session, ...entry });
    } catch (error) {
      if (error.type === "Disconnected") {
        return; // the next call waits for a connection
      }
      if (error.type === "Unavailable" || error.type === "RateLimited") {
        await waitToRetry(error);
        return;
      }
      refusal = error;
    }
    const isAwaited = this.#waiting.includes(entry);
    if (!this.#isClosed && isAwaited) {
      this.#answered = answer && isMove(entry) ? { ...entry, made: answer.version } : null;
      this.#keep(this.#waiting.filter((each) => each !== entry));
      if (refusal) {
        this.dispatchEvent(new CustomEvent("refused", { detail: { error: refusal, command: entry.command } }));
      }
    }
  }

  /** @param {Page.WaitingCommand[]} waiting */
  #keep(waiting) {
    this.#waiting = waiting;
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(waiting));
      if (waiting.length === 0) {
        sessionStorage.removeItem(this.#key);
      }
    } catch {
      // storage is switched off
    }
    this.dispatchEvent(new Event("change"));
  }

  #kept() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key) ?? "[]");
    } catch {
      return [];
    }
  }
}

/** @param {Page.WaitingCommand} entry */
const isMove = ({ command }) => command.type === "move";

function newId() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
