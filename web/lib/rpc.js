// JSON-RPC over one WebSocket, which reconnects after growing delays.
//
// Events of an Rpc: "state" when it changes (connecting, ready, waiting), "ready" after each connection
// once it is authenticated, and "notification" with {method, params}.

import { pause } from "./tab_lock.js";

const RECONNECT_DELAYS_SECONDS = [0.3, 1, 2, 4, 8, 15];
const ANSWER_TIMEOUT_MS = 10_000;
const CHECK_INTERVAL_MS = 15_000;
const UNAUTHORISED = 4401;
const RETRY_AFTER_SECONDS = 1.5; // unless the server says how many
const TRANSIENT_ERRORS = new Set(["Unavailable", "RateLimited", "InternalError"]);
// Methods that change nothing are called again if their answer was lost.
const READ_ONLY = /\.(get|list|history|status|window|connect|leaderboard|export|info|initial_state|rating_history)$/;

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
 * Waits until a refused call may be repeated.
 * @param {Page.Failure} failure
 */
export const waitToRetry = ({ data }) => pause((data.retry_after ?? RETRY_AFTER_SECONDS) * 1000);

export class Rpc extends EventTarget {
  /** @type {"connecting" | "ready" | "waiting"} */
  state = "connecting";
  unanswered = new Set(); // calls that are repeated because the server can't answer them now
  retryAt = 0;
  ahead = Infinity; // milliseconds by which this device's clock is at most ahead of the server's
  /** @type {WebSocket | null} */
  #socket = null;
  #pending = new Map();
  #nextId = 1;
  #failures = 0;
  /** @type {number | undefined} */
  #timer;
  /** @type {number | undefined} */
  #checkTimer;
  #introduce;

  /**
   * `introduce` authenticates a new connection; `unauthorised` is called after close code 4401.
   * @param {{ introduce: (call: Page.Call) => Promise<void>, unauthorised: () => void }} options
   */
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
    const slow = setTimeout(() => this.#lose(socket), ANSWER_TIMEOUT_MS);
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

  /** Reconnects, as another player or as none. */
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

  /**
   * Compares clocks: the server sent this time just now, or earlier.
   * @param {string} at
   */
  learnTime(at) {
    this.ahead = Math.min(this.ahead, Date.now() - Date.parse(at));
  }

  /**
   * Calls a method, once there is a connection. Throws Refused, or Disconnected if the answer was lost.
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
        if (!(error instanceof Disconnected && READ_ONLY.test(method))) {
          throw error;
        }
      }
    }
  }

  /**
   * Calls a method, with new `params()` each time, until the server can answer. Returns null once the
   * result is no longer wanted.
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
          if (!TRANSIENT_ERRORS.has(error.type)) {
            throw error;
          }
          this.unanswered.add(own);
          await waitToRetry(error);
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

  /** @param {WebSocket} socket */
  async #greet(socket) {
    try {
      await this.#introduce((method, params) => this.#send(socket, method, params));
    } catch (error) {
      if (error instanceof Disconnected || this.#socket !== socket) {
        return;
      }
      if (error.data?.retry_after) { // many have come at once: this connection keeps its turn
        await waitToRetry(error);
        await this.#greet(socket);
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
      this.#checkTimer = setInterval(() => this.#check(), CHECK_INTERVAL_MS);
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
        this.#lose(socket); // it is closing: repeated calls wait for the next one
        reject(new Disconnected());
        return;
      }
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject });
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  /** @param {any} message */
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

  // A connection can be dead without having been closed. If no answer comes, it is given up.
  async #check() {
    const socket = this.#socket;
    if (this.state !== "ready") {
      this.retry();
      return;
    }
    const slow = setTimeout(() => this.#lose(socket), ANSWER_TIMEOUT_MS);
    try {
      await this.#send(socket, "server.info", {});
    } catch {
      // any answer shows that the connection is alive
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
    const seconds = RECONNECT_DELAYS_SECONDS[Math.min(this.#failures++, RECONNECT_DELAYS_SECONDS.length - 1)];
    const delay = seconds * 1000 * (0.8 + Math.random() * 0.4);
    this.retryAt = Date.now() + delay;
    this.#timer = setTimeout(() => this.open(), delay);
    this.#setState("waiting");
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#timer);
    clearInterval(this.#checkTimer);
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const { reject } of this.#pending.values()) {
      reject(new Disconnected());
    }
    this.#pending.clear();
  }

  /** @param {"connecting" | "ready" | "waiting"} state */
  #setState(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
