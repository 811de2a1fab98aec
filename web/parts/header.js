// The head of the page: navigation, the player, the language and the sound; and the state of the connection.

import { button, focused, h, link, part, put, say } from "../lib/dom.js";
import * as i18n from "../lib/i18n.js";
import { duration, t } from "../lib/i18n.js";
import { icon } from "../lib/icons.js";
import { notice } from "../lib/notices.js";
import { address, go, place } from "../lib/router.js";
import * as settings from "../lib/settings.js";
import * as sound from "../lib/sound.js";
import { store } from "../lib/store.js";
import { mayLeave } from "./guest.js";

const MARK = new URL("../mark.svg", import.meta.url).pathname;
const BANNER_DELAY_MS = 700; // a shorter interruption is not shown

export function drawTop() {
  const { name: here, parts: [of] } = place();
  const item = (/** @type {string} */ name, /** @type {string} */ text, /** @type {string} */ href) => link(text, href, { "aria-current": here === name && (name !== "player" || !of || of === store.login) ? "page" : null });
  const top = part("top");
  const held = controls(top).findIndex((each) => each === focused());
  put(top,
    link([h("img", { src: MARK, alt: "", width: 32, height: 32 }), h("span", {}, "Arbiter")], "#/", { class: "name", "aria-label": "Arbiter" }),
    h("nav", { "aria-label": t("nav.label") },
      item("lobby", t("nav.play"), "#/"),
      item("leaderboard", t("nav.leaders"), "#/leaderboard"),
      store.login ? item("player", store.login, address("player", store.login)) : null),
    h("div", { class: "switches" }, soundSwitch(), languageSwitch(),
      store.login ? button(t("account.logOut"), logOut, { class: "quiet log-out" }) : null));
  controls(top)[held]?.focus();
}

/** @param {HTMLElement} top */
const controls = (top) => [.../** @type {NodeListOf<HTMLElement>} */ (top.querySelectorAll("a, button"))];

async function logOut() {
  if (await mayLeave()) {
    store.logOut();
    go("lobby");
  }
}

function soundSwitch() {
  const on = sound.isOn();
  const change = () => { settings.put("sound", !on); sound.wake(); drawTop(); };
  return button(icon(on ? "sound" : "silence"), change, {
    class: "bare", "aria-label": t("nav.sound"), "aria-pressed": String(on), title: t(on ? "nav.soundOn" : "nav.soundOff"),
  });
}

function languageSwitch() {
  const other = Object.keys(i18n.names).find((tag) => tag !== i18n.current()) ?? i18n.current();
  const change = () => i18n.choose(other).catch(() => notice(t("error.Disconnected"), { kind: "bad" }));
  return button(i18n.names[other], change, { class: "bare language", lang: other });
}

/** Shows a banner while the connection is lost, with the time of the next try, or while the server does not answer. */
export function watchConnection() {
  const banner = part("connection");
  const text = h("span", { role: "status" });
  const time = h("span", { role: "timer" }); // apart, or each second would be read out
  const now = button("", () => store.rpc.retry());
  banner.append(text, " ", time, now);
  banner.hidden = true;
  /** @type {number | null} */
  let since = null;
  let isLost = false;
  const show = () => {
    const { state, retryAt, unanswered } = store.rpc;
    const isWell = state === "ready" && unanswered.size === 0;
    since = isWell ? null : since ?? Date.now();
    isLost = state === "waiting" || (isLost && state === "connecting");
    banner.hidden = isWell || Date.now() - (since ?? 0) < BANNER_DELAY_MS;
    const left = Math.max(0, (retryAt - Date.now()) / 1000);
    say(text, banner.hidden ? "" : t(state === "ready" ? "connection.unanswered" : isLost ? "connection.lost" : "connection.trying"));
    say(time, state === "waiting" ? t("connection.again", { time: duration(left) }) : isLost ? t("connection.trying") : "");
    say(now, t("connection.now"));
    now.hidden = state !== "waiting";
  };
  store.rpc.addEventListener("state", show);
  setInterval(show, 500);
}
