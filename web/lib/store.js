// What all parts of the page share: the connection, the player and the games of the server.
//
// Events: "login" when the player changes, "claimed" when a guest has set a password, "ended" when the server has ended the login, "games" once known.

import { Rpc } from "./rpc.js";
import * as tokens from "./tokens.js";

class Store extends EventTarget {
  /** @type {string | null} */
  login = tokens.kept()?.login ?? null;
  /** @type {Protocol.GameInfo[]} */
  games = [];
  rpc = new Rpc({
    introduce: (call) => this.#introduce(call),
    unauthorised: () => this.#unauthorised(),
  });

  constructor() {
    super();
    this.rpc.addEventListener("notification", ({ detail }) => {
      if (detail.method === "auth.expiring") {
        this.#renew();
      } else if (detail.method === "auth.claimed") {
        this.#claimed();
      }
    });
    addEventListener("storage", () => this.#compare());
  }

  /**
   * Registers or logs in: the connection is then the player's.
   * @param {"auth.register" | "auth.login"} method
   * @param {string} login
   * @param {string} password
   * @param {boolean} stays whether the device is to remember it
   */
  async enter(method, login, password, stays) {
    const result = await this.rpc.call(method, { login, password });
    tokens.keep(result, stays);
    this.#is(result.login);
  }

  /** Makes a guest, whom the device remembers: nobody could log in again. */
  async beGuest() {
    const result = await this.rpc.call("auth.guest", {});
    tokens.keep(result, true, true);
    this.#is(result.login);
  }

  /** Whether the player is a guest, who has no password. */
  get guest() {
    return this.login !== null && Boolean(tokens.kept()?.guest);
  }

  /** Makes the guest a registered player. @param {string} password */
  async claim(password) {
    await this.rpc.call("auth.claim", { password });
    this.#claimed();
  }

  logOut() {
    tokens.end();
    this.leave();
  }

  /** Continues without a player on this device. */
  leave() {
    tokens.forget();
    this.rpc.reopen();
    this.#is(null);
  }

  /** Returns the time by the server's clock, in milliseconds: the device's own may be wrong. */
  now() {
    return Date.now() - (Number.isFinite(this.rpc.ahead) ? this.rpc.ahead : 0);
  }

  /** Returns what the server tells of a game. @param {string} name */
  game(name) {
    return this.games.find((each) => each.name === name);
  }

  /** @param {string} game */
  title(game) {
    return this.game(game)?.title ?? game;
  }

  /** @param {Page.Call} call */
  async #introduce(call) {
    if (this.games.length === 0) {
      this.games = (await call("server.info", {})).games;
      this.dispatchEvent(new Event("games"));
    }
    const token = await tokens.access();
    if (!token) {
      this.#is(null);
      return;
    }
    try {
      await call("auth.authenticate", { access_token: token });
    } catch (error) {
      if (error.type !== "InvalidToken") {
        throw error;
      }
      const fresh = await tokens.access({ fresh: true });
      if (!fresh) {
        this.#is(null);
        return;
      }
      await call("auth.authenticate", { access_token: fresh });
    }
    this.#is(tokens.kept()?.login ?? null);
  }

  async #renew() {
    try {
      const fresh = await tokens.access({ fresh: true });
      if (fresh) {
        await this.rpc.call("auth.authenticate", { access_token: fresh });
      }
    } catch {
      // the server closes the connection when the token expires, and the next one renews it
    }
  }

  async #unauthorised() {
    try {
      await tokens.access({ fresh: true });
    } catch (error) {
      if (error.type === "InvalidToken") {
        tokens.forget();
        const was = this.login;
        this.#is(null);
        if (was) {
          this.dispatchEvent(new Event("ended"));
        }
      }
    }
  }

  // Another tab may have logged in or out.
  #compare() {
    const login = tokens.kept()?.login ?? null;
    if (login !== this.login) {
      this.rpc.reopen();
      this.#is(login);
    }
  }

  // Another tab may have stored it before this one hears of it.
  #claimed() {
    tokens.claimed();
    this.dispatchEvent(new Event("claimed"));
  }

  /** @param {string | null} login */
  #is(login) {
    if (this.login !== login) {
      this.login = login;
      this.dispatchEvent(new Event("login"));
    }
  }
}

export const store = new Store();
