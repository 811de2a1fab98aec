// What goes on while another page is shown: games that one plays.

import { h, link, say } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { resultWords, turnWords } from "../lib/results.js";
import { address, go, place } from "../lib/router.js";
import * as settings from "../lib/settings.js";
import * as sound from "../lib/sound.js";
import { store } from "../lib/store.js";
import { matches } from "../games/matches.js";
import "./clock.js";

const CALLS = "● "; // before the page's title, where it is one's turn elsewhere

// A game that one has agreed to begins: go there, but not away from another one.
export function begun(id) {
  const { name, parts } = place();
  if (name === "game" && parts[0] !== id && matches.get(parts[0])?.isPlayed) {
    matches.keep(id);
    notice(t("game.begun"), { action: { text: t("games.continue"), run: () => go("game", id) } });
  } else if (location.hash !== address("game", id)) {
    go("game", id);
  }
}

// The strip above every page that leads back to the games one plays.
export function watchGames() {
  const strip = document.getElementById("ongoing");
  let rows = new WeakMap();
  const show = () => {
    const { kept } = matches;
    const elements = kept.map((match) => {
      const { element, update } = rows.get(match) ?? rows.set(match, row(match)).get(match);
      update();
      return element;
    });
    if (elements.length !== strip.children.length || elements.some((each, index) => each !== strip.children[index])) {
      strip.replaceChildren(...elements);
    }
    strip.hidden = kept.length === 0;
    strip.setAttribute("aria-label", t("games.ongoing"));
    if (place().name !== "game") {
      const title = document.title.replace(CALLS, "");
      document.title = kept.some(({ isMyTurn }) => isMyTurn) ? CALLS + title : title;
    }
  };
  matches.addEventListener("change", show);
  matches.addEventListener("moved", sound.knock);
  matches.addEventListener("ended", ({ detail: { match } }) => tellEnd(match));
  settings.onChange("language", () => { rows = new WeakMap(); show(); });
}

function row(match) {
  const text = h("p", { role: "status" });
  const clock = h("game-clock");
  const element = h("div", { class: "going" }, text, clock, link(t("games.back"), address("game", match.id), { class: "button" }));
  const update = () => {
    const { session, opponent, clocksAsOf, isMyTurn, bothHaveMoved } = match;
    element.classList.toggle("mine", isMyTurn);
    say(text, `${t("games.goesOn", { player: opponent })} ${turnWords(match)}`);
    clock.hidden = !session.clocks;
    if (session.clocks) {
      clock.set(session.clocks[store.login], clocksAsOf, isMyTurn && bothHaveMoved);
    }
  };
  return { element, update };
}

function tellEnd({ id, session, seat, opponent }) {
  const text = t("games.over", { player: opponent, result: resultWords(session, seat) });
  notice(text, { action: { text: t("games.back"), run: () => go("game", id) } });
}
