// JSON-RPC over one WebSocket that comes back by itself, with growing pauses.
//
// Events of an Rpc: "state" (connecting, ready, waiting), "ready" after each (re)connection, once the
// player is known to the server again, and "notification" with {method, params}.

import { pause } from "./alone.js";

const PAUSES = [0.3, 1, 2, 4, 8, 15];
const LONG_ENOUGH = 10_000;
const PULSE = 15_000;
const UNAUTHORISED = 4401;
const LATER = 1.5; // seconds, where the server does not say how many
const PASSING = new Set(["Unavailable", "RateLimited", "InternalError"]);
// What changes nothing can be asked again where the answer was lost.
const ASKS = /\.(get|list|history|status|window|connect|leaderboard|export|info|initial_state|rating_history)$/;

export class Refused extends Error {
  /** @param {{ code: number, message: string, data?: Record<string, any> }} error */
  constructor({ code, message, data }) {
    super(message);
    this.code = code;
    this.type = data?.type ?? "InternalError";
    this.data = data ?? {};
  }
}

export class Disconnected extends Error {
  type = "Disconnected";
  data = {};
}

/**
 * Waits for as long as who was refused had better not ask again.
 * @param {Page.Failure} failure
 */
export const letPass = ({ data }) => pause((data.retry_after ?? LATER) * 1000);

export class Rpc extends EventTarget {
  state = "connecting";
  unanswered = new Set(); // calls that the server can't answer at the moment, and is asked again
  retryAt = 0;
  ahead = Infinity; // milliseconds by which this device's clock is ahead of the server's, at most
  /** @type {WebSocket | null} */
  #socket = null;
  #pending = new Map();
  #nextId = 1;
  #failures = 0;
  /** @type {number | undefined} */
  #timer;
  /** @type {number | undefined} */
  #pulse;
  #introduce;

  // `introduce(call)` makes a new connection the player's; `unauthorised()` follows close code 4401.
  constructor({ introduce, unauthorised }) {
    super();
    this.#introduce = introduce;
    this.unauthorised = unauthorised;
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => this.#lose());
    document.addEventListener("visibilitychange", () => document.hidden || this.#check());
  }

  open() {
    clearTimeout(this.#timer);
    this.#setState("connecting");
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws`);
    this.#socket = socket;
    const slow = setTimeout(() => this.#lose(socket), LONG_ENOUGH);
    socket.onopen = () => {
      clearTimeout(slow);
      this.#greet(socket);
    };
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => {
      clearTimeout(slow);
      this.#lose(socket, code);
    };
  }

  // Connects anew, as another player or as nobody.
  reopen() {
    this.#failures = 0;
    this.#drop();
    this.open();
  }

  retry() {
    if (this.state === "waiting") {
      this.open();
    }
  }

  // The server has said just now, or earlier, that it was this time.
  learnTime(at) {
    this.ahead = Math.min(this.ahead, Date.now() - Date.parse(at));
  }

  /**
   * The result; waits for a connection, and throws Refused, or Disconnected where the answer was lost.
   * @template {keyof Protocol.Methods} M
   * @param {M} method
   * @param {Protocol.Methods[M]["params"]} params
   * @returns {Promise<Protocol.Methods[M]["result"]>}
   */
  async call(method, params = {}) {
    for (;;) {
      await this.ready();
      try {
        return await this.#send(this.#socket, method, params);
      } catch (error) {
        if (!(error instanceof Disconnected && ASKS.test(method))) {
          throw error;
        }
      }
    }
  }

  /**
   * The result, asked for again with new `params()` while the server can't answer at the moment; null
   * once it is not wanted any more.
   * @template {keyof Protocol.Methods} M
   * @param {M} method
   * @param {() => Protocol.Methods[M]["params"]} params
   * @param {() => boolean} isWanted
   * @returns {Promise<Protocol.Methods[M]["result"] | null>}
   */
  async insist(method, params, isWanted) {
    const own = {};
    try {
      while (isWanted()) {
        try {
          return await this.call(method, params());
        } catch (error) {
          if (!PASSING.has(error.type)) {
            throw error;
          }
          this.unanswered.add(own);
          await letPass(error);
        }
      }
      return null;
    } finally {
      this.unanswered.delete(own);
    }
  }

  /** @returns {Promise<void>} */
  ready() {
    if (this.state === "ready") {
      return Promise.resolve();
    }
    return new Promise((resolve) => this.addEventListener("ready", () => resolve(), { once: true }));
  }

  async #greet(socket) {
    try {
      await this.#introduce((method, params) => this.#send(socket, method, params));
    } catch (error) {
      if (error instanceof Disconnected || this.#socket !== socket) {
        return;
      }
      if (error.type !== "InvalidToken") {
        this.#lose(socket);
        return;
      }
      this.unauthorised();
    }
    if (this.#socket === socket && socket.readyState === WebSocket.OPEN) {
      this.#failures = 0;
      this.#pulse = setInterval(() => this.#check(), PULSE);
      this.#setState("ready");
      this.dispatchEvent(new Event("ready"));
    }
  }

  /**
   * @param {WebSocket | null} socket
   * @param {string} method
   * @param {object} params
   * @returns {Promise<any>}
   */
  #send(socket, method, params) {
    return new Promise((resolve, reject) => {
      if (!socket || socket !== this.#socket || socket.readyState !== WebSocket.OPEN) {
        this.#lose(socket); // it closes, and has not said so yet: who asks again waits for the next one
        reject(new Disconnected());
        return;
      }
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject });
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  #receive(message) {
    if ("method" in message) {
      this.learnTime(message.params.at);
      this.dispatchEvent(new CustomEvent("notification", { detail: message }));
      return;
    }
    const waiting = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.error) {
      waiting?.reject(new Refused(message.error));
    } else {
      waiting?.resolve(message.result);
    }
  }

  // A connection can be dead without having been closed: whoever does not answer is given up.
  async #check() {
    const socket = this.#socket;
    if (this.state !== "ready") {
      this.retry();
      return;
    }
    const slow = setTimeout(() => this.#lose(socket), LONG_ENOUGH);
    try {
      await this.#send(socket, "server.info", {});
    } catch {
      // any answer will do
    }
    clearTimeout(slow);
  }

  /** @param {WebSocket | null} socket @param {number | null} code */
  #lose(socket = this.#socket, code = null) {
    if (socket !== this.#socket || this.state === "waiting") {
      return;
    }
    this.#drop();
    if (code === UNAUTHORISED) {
      this.unauthorised();
    }
    const step = PAUSES[Math.min(this.#failures++, PAUSES.length - 1)];
    const pause = step * 1000 * (0.8 + Math.random() * 0.4);
    this.retryAt = Date.now() + pause;
    this.#timer = setTimeout(() => this.open(), pause);
    this.#setState("waiting");
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#timer);
    clearInterval(this.#pulse);
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const { reject } of this.#pending.values()) {
      reject(new Disconnected());
    }
    this.#pending.clear();
  }

  #setState(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
