// Looking for an opponent: for how long, how far from one's own rating, and how much longer.
//
// "change" tells that it begins or ends, or is not shown any more.

import { button, h, say } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { duration, number, t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { store } from "../lib/store.js";
import { begun } from "./begun.js";

const ASKED_EVERY = 2000;
const SURELY = 2; // just before an opponent is told of, there is no search either
const FAR = 1000; // points, within which everybody is

class SearchPanel extends HTMLElement {
  /** @type {Protocol.Methods["searcher.start"]["params"] | null} */
  #wanted = null;
  #began = 0;
  #since = 0; // the same by the server's clock
  /** @type {number | undefined} */
  #timer;
  #asking = false;
  #calls = Promise.resolve(); // what begins and ends searches, one after the other
  #idle = 0; // how many times in a row the server has known of no search
  #cameBack = false; // the search may be that of a connection which has yet to be given up

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
    this.time = h("strong", { class: "waited" });
    this.range = h("p", {}, t("search.range"));
    this.window = h("p");
    this.others = h("p");
    this.estimate = h("p");
    this.running = h("div", { class: "searching", hidden: true, role: "group", "aria-label": t("search.group") },
      h("div", { class: "ripples", "aria-hidden": true }, h("i"), h("i"), h("i")),
      h("p", { role: "status" }, t("search.running")), this.time, this.range, this.window, this.others, this.estimate, this.stop);
    this.replaceChildren(this.start, this.running);
    this.#running(this.runs);
  }

  disconnectedCallback() {
    this.dispatchEvent(new Event("change"));
  }

  get runs() {
    return this.#wanted !== null;
  }

  // `chosen()` gives the game and its options.
  set chosen(chosen) {
    this.choose = chosen;
  }

  async begin() {
    if (this.runs) {
      return;
    }
    this.#wanted = this.choose();
    say(this.window, "");
    this.#began = Date.now();
    this.#since = store.now();
    this.#cameBack = false;
    this.#running(true);
    this.stop.focus();
    await this.#ask();
  }

  async end() {
    this.#running(false);
    this.start.focus();
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

  // The server may serve two calls in either order: it could end a search before it has begun it.
  #inTurn(call) {
    return (this.#calls = this.#calls.then(call));
  }

  #ask() {
    return this.#inTurn(async () => {
      const wanted = this.#wanted;
      if (!wanted) {
        return; // it was ended meanwhile
      }
      this.#asking = true;
      this.#idle = 0;
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

  // A search ends with its connection, at the latest when the server finds that one dead.
  #again = () => {
    if (this.#wanted) {
      this.#cameBack = true;
      this.#resume();
    }
  };

  // Goes on searching, unless an opponent has been found while this page could not be told.
  async #resume() {
    try {
      const { items: [newest] } = await store.rpc.call("sessions.list", { status: "active", login: store.login, limit: 1 });
      if (this.#wanted && newest && Date.parse(newest.created_at) >= this.#since) {
        this.#found(newest.session_id);
      }
    } catch {
      // to search is worth more than to know
    }
    if (this.#wanted) {
      await this.#ask();
    }
  }

  // The server knows of no search: begun anew where that came of a lost connection, else it was ended
  // on purpose, as in another tab.
  #lose() {
    if (this.#cameBack) {
      this.#cameBack = false;
      this.#resume();
    } else {
      this.#running(false);
      notice(t("search.ended"), { action: { text: t("search.again"), run: () => this.begin() } });
    }
  }

  #hear = ({ detail: { method, params } }) => {
    if (method === "searcher.opponent_found") {
      this.#found(params.session_id);
    } else if (method === "session.created" && this.#wanted) {
      this.end(); // one game at a time, also where it came by another way
    } else if (method === "searcher.expired" && this.#wanted) {
      this.#running(false);
      notice(t("search.expired"), { action: { text: t("search.again"), run: () => this.begin() } });
    } else if (method === "searcher.match_lapsed" && this.#wanted) {
      notice(t(params.searching ? "search.goesOn" : "search.missed"));
      if (!params.searching) {
        this.#running(false);
      }
    }
  };

  #found(session) {
    this.#running(false);
    begun(session);
  }

  #running(runs) {
    const focused = document.activeElement === this.stop;
    this.start.hidden = runs;
    this.running.hidden = !runs;
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
    const waited = (Date.now() - this.#began) / 1000;
    say(this.time, duration(Math.floor(waited)));
    if (Math.round(waited) % (ASKED_EVERY / 1000) || store.rpc.state !== "ready" || this.#asking) {
      return;
    }
    try {
      const answer = await store.rpc.call("searcher.status");
      this.#idle = answer.status === "idle" && !this.#asking ? this.#idle + 1 : 0;
      if (this.#wanted && this.#idle >= SURELY) {
        this.#lose();
      } else if (answer.status === "searching") {
        const { estimate, searching } = answer;
        say(this.others, searching > 1 ? t("search.others", { count: searching - 1 }) : t("search.alone"));
        say(this.estimate, estimate === null ? t("search.noEstimate") : t("search.estimate", { time: duration(estimate) }));
      }
      await this.#showWindow();
    } catch {
      // it is asked again
    }
  }

  async #showWindow() {
    if (this.#wanted && !document.hidden) {
      const { window: points } = await store.rpc.call("searcher.window");
      say(this.window, points === null || points > FAR ? t("search.anybody") : t("search.window", { points: number(points) }));
    }
  }
}

customElements.define("search-panel", SearchPanel);

// One for the whole visit: a search goes on while other pages are shown.
export const searchPanel = new SearchPanel();
