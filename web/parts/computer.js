// A game against the computer: which of its levels are online, and a challenge to one of them.

import { h, patientButton, say } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { poll } from "../lib/poll.js";
import * as settings from "../lib/settings.js";
import { store } from "../lib/store.js";
import { levelOf, playsAtRandom } from "./bot_profiles.js";
import { takeBack } from "./challenges.js";
import { openGame } from "./open_game.js";
import { attempt } from "./rooms.js";

const LEVELS = [1, 2, 3, 4, 5];
const SIDES = /** @type {const} */ (["random", "first", "second"]);
const LOOK_MS = 10_000;
const SEEK_MS = 3000; // until one is online: the bots may have been started just now
const PATIENCE_MS = 10_000;
const MAX_PAGE_ITEMS = 100;
/** @type {Record<string, string>} by the reason of a bot that declines */
const REFUSALS = { busy: "computer.busy", game: "computer.unknown" };

/** @typedef {{ method: string, room: Protocol.Room, reason?: string | null }} Outcome */

class ComputerPanel extends HTMLElement {
  /** @type {Map<number, string[]>} by level: the accounts that are online */
  #online = new Map();
  /** @type {number | undefined} */
  #timer;
  #lookedAt = 0;
  /** @type {() => { game: string, options: Record<string, any> }} */
  #choose;
  /** @type {HTMLSelectElement} */
  level;
  /** @type {HTMLSelectElement} */
  side;
  /** @type {HTMLButtonElement} */
  start;
  /** @type {HTMLElement} */
  state;

  connectedCallback() {
    this.className = "computer";
    this.role = "group";
    this.ariaLabel = t("computer.group");
    const wanted = settings.get("computer", { level: "2", side: SIDES[0] });
    const keep = () => settings.put("computer", { level: this.level.value, side: this.side.value });
    this.level = h("select", { id: "computer-level", on: { change: keep } },
      LEVELS.map((level) => h("option", { value: level }, t(`computer.level${level}`))));
    this.side = h("select", { id: "computer-side", on: { change: keep } },
      SIDES.map((side) => h("option", { value: side }, t(`computer.${side}`))));
    this.level.value = wanted.level;
    this.side.value = wanted.side;
    this.start = patientButton(t("computer.play"), () => this.play(), { class: "huge", "aria-describedby": "computer-state" });
    this.state = h("p", { class: "quiet", role: "status", id: "computer-state" });
    this.replaceChildren(this.start, h("div", { class: "options" },
      h("div", { class: "field" }, h("label", { for: "computer-level" }, t("computer.level")), this.level),
      h("div", { class: "field" }, h("label", { for: "computer-side" }, t("computer.side")), this.side)), this.state);
    store.rpc.addEventListener("ready", this.#look);
    this.parentElement?.addEventListener("change", this.#tell); // the game is chosen beside this
    this.#timer = poll(async () => {
      if (!this.isOnline || Date.now() - this.#lookedAt >= LOOK_MS) {
        await this.#look();
      }
    }, SEEK_MS);
    this.#look();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    store.rpc.removeEventListener("ready", this.#look);
  }

  /** Sets what returns the chosen game and options. @param {() => { game: string, options: Record<string, any> }} chosen */
  set chosen(chosen) {
    this.#choose = chosen;
  }

  /** Returns the accounts of the chosen level that are online. */
  get #bots() {
    return this.#online.get(Number(this.level.value)) ?? [];
  }

  get isOnline() {
    return this.#bots.length > 0;
  }

  /** Begins a game against the chosen level. */
  async play() {
    await this.#look();
    const bots = this.#bots;
    const { game, options } = this.#choose();
    const side = /** @type {typeof SIDES[number]} */ (this.side.value);
    const wanted = { game, options: { ...options, rated: false }, side };
    /** @type {Outcome | null} */
    let outcome = null;
    for (const login of bots) {
      outcome = await this.#challenge({ ...wanted, login });
      if (outcome?.room.session_id) {
        openGame(outcome.room.session_id);
        return;
      }
      if (!outcome) {
        return; // what was wrong has been said
      }
    }
    notice(t(outcome ? refusal(outcome) : this.#absence), { kind: "bad" });
  }

  /**
   * Challenges a bot. Returns what has become of it, or null after an error.
   * @param {Protocol.Methods["rooms.challenge"]["params"]} wanted
   * @returns {Promise<Outcome | null>}
   */
  async #challenge(wanted) {
    /** @type {Outcome[]} */
    const heard = [];
    let wake = () => {};
    const hear = (/** @type {Page.Events["notification"]} */ { detail: { method, params } }) => {
      if (/^room\.(filled|declined|closed)$/.test(method)) {
        heard.push({ method, room: params.room, reason: params.reason });
        wake();
      }
    };
    store.rpc.addEventListener("notification", hear);
    try {
      const room = await attempt(() => store.rpc.call("rooms.challenge", wanted));
      if (!room) {
        return null;
      }
      const of = () => heard.find((each) => each.room.room_id === room.room_id);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, PATIENCE_MS);
        wake = () => {
          if (of()) {
            clearTimeout(timer);
            resolve(null);
          }
        };
        wake();
      });
      const outcome = of();
      if (outcome) {
        return outcome;
      }
      await takeBack(room.room_id);
      return { method: "silence", room };
    } finally {
      store.rpc.removeEventListener("notification", hear);
    }
  }

  #look = async () => {
    this.#lookedAt = Date.now();
    try {
      const logins = await bots();
      const of = (/** @type {number} */ level) => logins.filter((login) => levelOf(login) === level);
      this.#online = new Map(LEVELS.map((level) => /** @type {const} */ ([level, of(level)])).filter(([, found]) => found.length));
    } catch {
      return; // it is asked again
    }
    for (const option of this.level.options) {
      option.disabled = this.#online.size > 0 && !this.#online.has(Number(option.value));
    }
    await this.#tell();
  };

  // Of bots that have just been started, some are online before the others.
  get #absence() {
    return this.#online.size ? "computer.levelAway" : "computer.none";
  }

  /** Says how the chosen level plays the chosen game. */
  #tell = async () => {
    const { game } = this.#choose();
    const { min_players: fewest = 2, max_players: most = 2 } = store.game(game) ?? {};
    this.start.disabled = !this.isOnline || fewest > 2;
    const [bot] = this.#bots;
    const isRandom = bot && await playsAtRandom(bot, game);
    const said = [most > 2 && "computer.two", isRandom && "computer.atRandom", this.isOnline ? "computer.casual" : this.#absence];
    say(this.state, said.filter((each) => typeof each === "string").map((each) => t(each)).join(" "));
  };
}

customElements.define("computer-panel", ComputerPanel);

/** Returns the logins of all bots that are online. */
async function bots() {
  /** @type {string[]} */
  const found = [];
  /** @type {string | null} */
  let after = null;
  do {
    /** @type {Protocol.Methods["accounts.online"]["result"]} */
    const page = await store.rpc.call("accounts.online", { kind: "bot", limit: MAX_PAGE_ITEMS, ...(after ? { after } : {}) });
    found.push(...page.items.map(({ login }) => login));
    after = page.next;
  } while (after);
  return found;
}

/** @param {Outcome} outcome */
function refusal({ method, reason }) {
  return method === "room.declined" ? REFUSALS[reason ?? ""] ?? "computer.declined" : "computer.silent";
}

// One panel for the whole visit: a search offers it on other pages too.
export const computerPanel = new ComputerPanel();
