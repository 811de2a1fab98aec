// What goes on while another page is shown: games that the player plays, and a search for an opponent.

import { arrange, button, h, link, part, patientButton, say } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { resultWords, turnWords } from "../lib/results.js";
import { address, go } from "../lib/router.js";
import * as settings from "../lib/settings.js";
import * as sound from "../lib/sound.js";
import { store } from "../lib/store.js";
import { mark } from "../lib/title.js";
import { matches } from "../games/matches.js";
import { gameTitle } from "./options.js";
import { searchPanel } from "./search.js";
import "./clock.js";

const MAX_SECONDS = 1e9; // that a game without a clock may take

/** Shows a strip above every page that leads back to the games, and can stop a search. */
export function watchGames() {
  const strip = part("ongoing");
  /** @type {WeakMap<import("../games/match.js").Match, ReturnType<typeof gameRow>>} */
  let drawn = new WeakMap();
  let search = searchRow();
  const show = () => {
    const kept = matches.kept.sort((one, other) => Number(other.isMyTurn) - Number(one.isMyTurn) || flagFalls(one) - flagFalls(other));
    const rows = kept.map((match) => {
      const row = drawn.get(match) ?? gameRow(match);
      drawn.set(match, row);
      row.update();
      return row.element;
    });
    const elements = searchPanel.runs && !searchPanel.isConnected ? [...rows, search.element] : rows;
    search.instead.hidden = !searchPanel.offersComputer;
    say(search.text, searchPanel.words);
    arrange(strip, elements);
    strip.hidden = elements.length === 0;
    strip.setAttribute("aria-label", t("games.ongoing"));
    mark("move", kept.some(({ isMyTurn }) => isMyTurn));
  };
  matches.addEventListener("change", show);
  searchPanel.addEventListener("change", show);
  matches.addEventListener("moved", sound.knock);
  matches.addEventListener("ended", ({ detail: { match } }) => tellEnd(match));
  matches.addEventListener("ended", sound.chime);
  store.rpc.addEventListener("notification", ({ detail: { method, params } }) => {
    if (method === "session.rematch_asked" && !matches.get(params.session_id)) {
      tellRematch(params.session_id, params.login);
    }
  });
  settings.onChange("language", () => { drawn = new WeakMap(); search = searchRow(); show(); });
}

/** Returns when a player's flag falls if the clock runs on, by performance.now(). @param {import("../games/match.js").Match} match */
const flagFalls = ({ session, clocksAsOf }) => clocksAsOf + 1000 * (session.clocks?.[store.login ?? ""] ?? MAX_SECONDS);

function searchRow() {
  const instead = patientButton(t("computer.instead"), () => searchPanel.playComputer());
  const text = h("p", { role: "status" });
  const element = h("div", { class: "going" }, text, button(t("search.stop"), () => searchPanel.end()), instead);
  return { element, text, instead };
}

/** @param {import("../games/match.js").Match} match */
function gameRow(match) {
  const text = h("p", { role: "status" });
  const clock = h("game-clock", { on: { low: sound.warn, over: () => match.refresh() } });
  const element = h("div", { class: "going" }, text, clock, link(t("games.back"), address("game", match.id), { class: "button" }));
  const update = () => {
    const { session, opponents, isMyTurn } = match;
    element.classList.toggle("mine", isMyTurn);
    const offer = (/** @type {string} */ words, /** @type {string | null} */ player) => (player && player !== store.login ? t(words, { player }) : "");
    say(text, [t("games.goesOn", { game: gameTitle(session.game), player: opponents.join(", ") }), offer("action.drawOffered", session.draw_offered_by),
      offer("action.takebackOffered", session.takeback_offered_by), turnWords(match)].filter(Boolean).join(" "));
    clock.hidden = !session.clocks;
    if (session.clocks) {
      clock.show(match, store.login ?? "");
    }
  };
  return { element, update };
}

/** @param {import("../games/match.js").Match} match */
function tellEnd({ id, session, seat, opponents }) {
  const text = t("games.over", { player: opponents.join(", "), result: resultWords(session, seat) });
  notice(text, { actions: [{ text: t("games.back"), run: () => go("game", id) }] });
}

/** @param {string} id @param {string | null} player who asks for a rematch, or null where nobody does any more */
function tellRematch(id, player) {
  if (player && player !== store.login) {
    notice(t("action.rematchAsked", { player }), { actions: [{ text: t("games.back"), run: () => go("game", id) }] });
    sound.chime();
  }
}
