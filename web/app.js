// Shows the page that the address names, and handles the notifications that can come on any page.

import { focused, h, part } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import * as settings from "./lib/settings.js";
import { notice } from "./lib/notices.js";
import { place } from "./lib/router.js";
import { store } from "./lib/store.js";
import { title } from "./lib/title.js";
import { matches } from "./games/matches.js";
import { GamePage } from "./pages/game.js";
import { JoinPage } from "./pages/join.js";
import { LeaderboardPage } from "./pages/leaderboard.js";
import { LobbyPage } from "./pages/lobby.js";
import { PlayerPage } from "./pages/player.js";
import { watchChallenges } from "./parts/challenges.js";
import { openGame } from "./parts/open_game.js";
import { watchGames } from "./parts/ongoing.js";
import { gameTitle, mainGame } from "./parts/options.js";
import { propose } from "./parts/proposal.js";
import { drawTop, watchConnection } from "./parts/header.js";
import "./parts/login_form.js";

/** @type {Record<string, (parts: string[]) => HTMLElement>} */
const PAGES = {
  lobby: ([order]) => new LobbyPage(order),
  game: ([id]) => new GamePage(id),
  join: ([key]) => new JoinPage(key),
  leaderboard: ([game]) => new LeaderboardPage(game),
  player: ([login]) => new PlayerPage(login),
};

// What the window's title says before "Arbiter"; the page of a game sets its own.
/** @type {Record<string, (parts: string[]) => string | null>} */
const TITLES = {
  join: () => t("join.invited"),
  leaderboard: ([game]) => `${t("leaders.title")}: ${gameTitle(game ?? mainGame())}`,
  player: ([login]) => login ?? store.login,
};

function show({ focus = false } = {}) {
  const { name, parts } = place();
  const main = part("page");
  const isKnown = Object.hasOwn(PAGES, name);
  title(isKnown && TITLES[name]?.(parts));
  drawTop();
  main.replaceChildren(isKnown ? PAGES[name](parts) : h("h1", {}, t("nowhere")));
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
store.addEventListener("login", () => ready && show());
store.addEventListener("claimed", () => place().name === "lobby" && show());
store.addEventListener("ended", () => notice(t("account.ended"), { kind: "bad" }));
settings.onChange("language", () => show());
addEventListener("hashchange", () => show({ focus: true }));

let ready = false;
watchConnection();
watchGames();
watchChallenges();
drawTop();
store.rpc.open();
await store.rpc.ready();
ready = true;
matches.resume();
show();
