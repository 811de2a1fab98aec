// What the whole page shares: the connection, who plays, which games there are.

import { Rpc } from "./rpc.js";
import * as tokens from "./tokens.js";

class Store extends EventTarget {
  login = tokens.kept()?.login ?? null;
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
      }
    });
    addEventListener("storage", () => this.#compare());
  }

  // Registers or logs in: the socket becomes the player's.
  async enter(method, login, password, stays) {
    const result = await this.rpc.call(method, { login, password });
    tokens.keep(result, stays);
    this.#is(result.login);
  }

  logOut() {
    tokens.end();
    this.leave();
  }

  // Is nobody from now on, on this device.
  leave() {
    tokens.forget();
    this.rpc.reopen();
    this.#is(null);
  }

  // Now, as the server's clock has it: nobody's own need be right.
  now() {
    return Date.now() - (Number.isFinite(this.rpc.ahead) ? this.rpc.ahead : 0);
  }

  title(game) {
    return this.games.find((each) => each.name === game)?.title ?? game;
  }

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
      await call("auth.authenticate", { access_token: await tokens.access({ fresh: true }) });
    }
    this.#is(tokens.kept()?.login ?? null);
  }

  async #renew() {
    try {
      await this.rpc.call("auth.authenticate", { access_token: await tokens.access({ fresh: true }) });
    } catch {
      // The server ends the connection when the token runs out, and what then follows is the same.
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

  #is(login) {
    if (this.login !== login) {
      this.login = login;
      this.dispatchEvent(new Event("login"));
    }
  }
}

export const store = new Store();
