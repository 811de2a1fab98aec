// A game against the computer: which of its levels are online, and a challenge to as many as are wanted.

import { h, patientButton, say } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { poll } from "../lib/poll.js";
import * as settings from "../lib/settings.js";
import { store } from "../lib/store.js";
import { botsOnline, challengeBots } from "./bot_challenges.js";
import { levelOf, playsAtRandom } from "./bot_profiles.js";
import { openGame } from "./open_game.js";

const LEVELS = [1, 2, 3, 4, 5];
const SIDES = /** @type {const} */ (["random", "first", "second"]);
const LOOK_MS = 10_000;
const SEEK_MS = 3000; // until one is online: the bots may have been started just now
/** @type {Record<string, string>} by the reason of a bot that declines */
const REFUSALS = { busy: "computer.busy", game: "computer.unknown" };

const OTHER_SIDES = /** @type {const} */ ({ random: "random", first: "second", second: "first" });

/** @typedef {{ game: string, options: Record<string, any>, seats: number, turn?: number | null }} Chosen `turn` is the seat that begins, if not the first */

class ComputerPanel extends HTMLElement {
  /** @type {Map<number, string[]>} by level: the accounts that are online */
  #online = new Map();
  /** @type {number | undefined} */
  #timer;
  #lookedAt = 0;
  /** @type {() => Chosen} */
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

  /** Sets what returns the chosen game and options, and how many play. @param {() => Chosen} chosen */
  set chosen(chosen) {
    this.#choose = chosen;
  }

  get chosen() {
    return this.#choose;
  }

  /** Returns how many bots are to play, and those to be asked, the nearest levels first: if it is one, only the chosen level. */
  #wanted() {
    const level = Number(this.level.value);
    const count = Math.max(this.#choose().seats, 2) - 1;
    const near = [...this.#online].sort(([one], [other]) => Math.abs(one - level) - Math.abs(other - level));
    return { count, bots: count > 1 ? near.flatMap(([, logins]) => logins) : this.#online.get(level) ?? [] };
  }

  get isOnline() {
    const { count, bots } = this.#wanted();
    return bots.length >= count;
  }

  /** Begins a game against the chosen level. */
  async play() {
    await this.#look();
    const { count, bots } = this.#wanted();
    const { game, options, turn } = this.#choose();
    const chosen = /** @type {typeof SIDES[number]} */ (this.side.value);
    const side = turn === 1 ? OTHER_SIDES[chosen] : chosen;
    const outcome = await challengeBots(bots, count, { game, options: { ...options, rated: false }, side });
    if (outcome?.session) {
      openGame(outcome.session);
    } else if (outcome !== null) {
      notice(t(outcome ? refusal(outcome) : this.#absence), { kind: "bad" });
    }
  }

  #look = async () => {
    this.#lookedAt = Date.now();
    try {
      const logins = await botsOnline();
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
    if (!this.#online.size) {
      return "computer.none";
    }
    return this.#wanted().count > 1 ? "computer.few" : "computer.levelAway";
  }

  /** Says how the chosen level plays the chosen game. */
  #tell = async () => {
    const { game } = this.#choose();
    const { count, bots } = this.#wanted();
    const isMany = count > 1;
    this.start.disabled = !this.isOnline;
    const levels = bots.slice(0, count).map(levelOf).sort().join(", ");
    const isRandom = bots.length && await playsAtRandom(bots[0], game);
    const said = [isMany && this.isOnline && "computer.levels", isRandom && (isMany ? "computer.allAtRandom" : "computer.atRandom"),
      this.isOnline ? "computer.casual" : this.#absence];
    say(this.state, said.filter((each) => typeof each === "string").map((each) => t(each, { levels })).join(" "));
  };
}

customElements.define("computer-panel", ComputerPanel);

/** @param {import("./bot_challenges.js").Outcome} outcome */
function refusal({ isDeclined, reason }) {
  return isDeclined ? REFUSALS[reason ?? ""] ?? "computer.declined" : "computer.silent";
}

// One panel for the whole visit: a search offers it on other pages too.
export const computerPanel = new ComputerPanel();
