// Shows the page that the address names, and handles the notifications that can come on any page.

import { focused, h, part } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import * as settings from "./lib/settings.js";
import { notice } from "./lib/notices.js";
import { place } from "./lib/router.js";
import { store } from "./lib/store.js";
import { title } from "./lib/title.js";
import { matches } from "./games/matches.js";
import { JoinPage } from "./pages/join.js";
import { LobbyPage } from "./pages/lobby.js";
import { watchChallenges } from "./parts/challenges.js";
import { openGame } from "./parts/open_game.js";
import { watchGames } from "./parts/ongoing.js";
import { gameTitle, mainGame } from "./parts/options.js";
import { propose } from "./parts/proposal.js";
import { drawTop, watchConnection } from "./parts/header.js";
import "./parts/login_form.js";

// The first pages come with this file. The others are fetched as soon as the first one is shown.
/** @type {Record<string, () => Promise<new (...parts: string[]) => HTMLElement>>} */
const PAGES = {
  lobby: async () => LobbyPage,
  join: async () => JoinPage,
  game: async () => (await import("./pages/game.js")).GamePage,
  leaderboard: async () => (await import("./pages/leaderboard.js")).LeaderboardPage,
  player: async () => (await import("./pages/player.js")).PlayerPage,
};

// What the window's title says before "Arbiter"; the page of a game sets its own.
/** @type {Record<string, (parts: string[]) => string | null>} */
const TITLES = {
  join: () => t("join.invited"),
  leaderboard: ([game]) => `${t("leaders.title")}: ${gameTitle(game ?? mainGame())}`,
  player: ([login]) => login ?? store.login,
};

async function show({ focus = false } = {}) {
  const { name, parts } = place();
  const main = part("page");
  const isKnown = Object.hasOwn(PAGES, name);
  const turn = ++shown;
  drawTop();
  const Page = isKnown ? await PAGES[name]().catch(() => null) : null;
  if (turn !== shown) {
    return; // the address has changed meanwhile
  }
  // Not before: until its script is there, the page of a game may still set its own.
  title(isKnown && TITLES[name]?.(parts));
  main.replaceChildren(Page ? new Page(...parts) : h("h1", {}, t(isKnown ? "error.Disconnected" : "nowhere")));
  main.dataset.page = name;
  if (focus) {
    scrollTo(0, 0);
    if (!main.contains(focused())) {
      main.focus({ preventScroll: true }); // unless the page has begun with something better
    }
  }
}

store.rpc.addEventListener("notification", ({ detail: { method, params } }) => {
  if (method === "session.created") {
    openGame(params.session.session_id);
  } else if (method === "searcher.match_proposed") {
    propose(/** @type {Page.Proposal} */ (params));
  }
});
store.addEventListener("login", () => ready && show({ focus: true }));
store.addEventListener("claimed", () => ["lobby", "player"].includes(place().name) && show({ focus: true }));
store.addEventListener("ended", () => notice(t("account.ended"), { kind: "bad" }));
settings.onChange("language", () => show());
addEventListener("hashchange", () => show({ focus: true }));

let ready = false;
let shown = 0;
watchConnection();
watchGames();
watchChallenges();
drawTop();
store.rpc.open();
await store.rpc.ready();
ready = true;
matches.resume();
await show();
Promise.allSettled(Object.values(PAGES).map((load) => load()));
