// The challenges that are open, above every page: to the player, to be answered, and of the player.

import { arrange, h, link, part, patientButton } from "../lib/dom.js";
import { fetchDrawing } from "../lib/drawings.js";
import { t } from "../lib/i18n.js";
import { kindOf } from "../lib/kinds.js";
import { announce, notice } from "../lib/notices.js";
import { address } from "../lib/router.js";
import * as settings from "../lib/settings.js";
import * as sound from "../lib/sound.js";
import { store } from "../lib/store.js";
import { mark } from "../lib/title.js";
import { ask } from "./dialog.js";
import { openGame } from "./open_game.js";
import { about, aboutText, attempt } from "./rooms.js";

/** @type {Map<string, { challenge: Protocol.Challenge, element: HTMLElement }>} by id */
const open = new Map();
/** @type {("busy" | "later" | "game" | "options")[]} */
const REASONS = ["busy", "later", "game", "options"];

/** Shows the challenges, and says what becomes of them. */
export function watchChallenges() {
  store.rpc.addEventListener("notification", ({ detail: { method, params } }) => {
    if (method.startsWith("room.") && params.room.challenged) {
      hear(method, /** @type {Protocol.Challenge} */ (params.room), params);
    }
  });
  store.rpc.addEventListener("ready", look);
  store.addEventListener("login", look);
  settings.onChange("language", () => {
    for (const { challenge } of open.values()) {
      put(challenge);
    }
    show();
  });
  look();
}

/** Reads the challenges again, as after blocking a player. */
export async function look() {
  const page = store.login ? await store.rpc.call("rooms.challenges", {}).catch(() => null) : { items: [] };
  if (page) {
    const kept = new Set(page.items.map((each) => each.room_id));
    for (const id of open.keys()) {
      if (!kept.has(id)) {
        open.delete(id);
      }
    }
    for (const challenge of page.items) {
      if (open.get(challenge.room_id)?.challenge.players.length !== challenge.players.length) {
        put(challenge);
      }
    }
    show();
  }
}

/** @param {string} method @param {Protocol.Challenge} challenge @param {Record<string, any>} told */
function hear(method, challenge, { login, reason }) {
  const { room_id: id, owner, challenged, status } = challenge;
  const isOwn = owner === store.login;
  const isNews = status === "open" ? !open.has(id) : open.has(id);
  if (status === "open") {
    put(challenge);
  } else {
    open.delete(id);
  }
  show();
  if (isNews && method === "room.challenged" && !isOwn) {
    readOut(challenge);
    sound.chime();
  } else if (isNews && method === "room.declined" && isOwn) {
    notice([t("challenge.declined", { player: login ?? challenged }), reason ? t(`challenge.because.${reason}`) : ""].filter(Boolean).join(" "));
  } else if (isNews && method === "room.closed") {
    notice(isOwn ? t("challenge.lapsed", { player: everybody(challenge).join(", ") }) : t("challenge.closed", { player: owner }));
  }
}

/** Takes a challenge of the player back. @param {string} id */
export async function takeBack(id) {
  open.delete(id); // its end is no news
  show();
  await attempt(() => store.rpc.call("rooms.close", { room_id: id }));
  await look();
}

/** @param {Protocol.Challenge} challenge */
function put(challenge) {
  const element = challenge.owner === store.login ? sentRow(challenge) : receivedRow(challenge);
  open.set(challenge.room_id, { challenge, element });
}

function show() {
  const strip = part("challenges");
  const elements = [...open.values()].map(({ element }) => element);
  arrange(strip, elements);
  strip.hidden = elements.length === 0;
  strip.setAttribute("aria-label", t("challenge.open"));
  mark("challenge", [...open.values()].some(({ challenge: { owner, players } }) => ![owner, ...players].includes(store.login ?? "")));
}

/** Returns the words before the challenger's name, those after it, and who begins. @param {Protocol.Challenge} challenge */
function words({ side, others }) {
  const own = { first: "second", second: others ? null : "first", random: "random" }[side]; // of several, who comes first
  return [...t("challenge.from", { player: "\n" }).split("\n"), own ? ` · ${t(`challenge.you.${own}`)}` : ""];
}

/** Has a challenge read out, in the game's own words. @param {Protocol.Challenge} challenge */
async function readOut(challenge) {
  await fetchDrawing(challenge.game);
  const [before, after, begins] = words(challenge);
  announce(`${before}${challenge.owner}${after} ${about(challenge)}${begins}`);
}

/** @param {Protocol.Challenge} challenge */
function receivedRow(challenge) {
  const { room_id: id, owner } = challenge;
  const [before, after, begins] = words(challenge);
  const text = h("p", { id: `challenge-${id}` }, before, link(owner, address("player", owner)), kindOf(owner), after, " ", aboutText(challenge), begins);
  const answer = async (/** @type {() => Promise<unknown>} */ call) => {
    await attempt(call);
    await look();
  };
  if (challenge.players.includes(store.login ?? "")) {
    const leave = () => answer(() => store.rpc.call("rooms.leave", { room_id: id }));
    return h("div", { class: "going challenge" }, text, h("p", { role: "status" }, t("join.waiting")),
      patientButton(t("challenge.takeBack"), leave, { "aria-describedby": text.id }));
  }
  const accept = () => answer(async () => {
    const { session_id: session } = await store.rpc.call("rooms.accept", { room_id: id });
    if (session) {
      openGame(session);
    }
  });
  const decline = async () => {
    const reasons = REASONS.map((each) => ({ text: t(`challenge.because.${each}`), value: each }));
    const why = await ask(t("challenge.why", { player: owner }), [
      { text: t("challenge.noReason"), value: "none" }, ...reasons, { text: t("challenge.cancel"), value: null, props: { class: "quiet" } },
    ]);
    if (why) {
      await answer(() => store.rpc.call("rooms.decline", { room_id: id, ...(why === "none" ? {} : { reason: /** @type {"busy"} */ (why) }) }));
    }
  };
  return h("div", { class: "going mine challenge" }, text,
    patientButton(t("challenge.accept"), accept, { "aria-describedby": text.id }),
    patientButton(t("challenge.decline"), decline, { "aria-describedby": text.id }));
}

/** Returns all who are challenged. @param {Protocol.Challenge} challenge */
const everybody = ({ challenged, others = [] }) => [challenged, ...others];

/** @param {Protocol.Challenge} challenge */
function sentRow(challenge) {
  const { room_id: id, ...rest } = challenge; // how many are there it says by their names
  const awaited = everybody(challenge).filter((login) => !rest.players.includes(login));
  const waiting = awaited.length > 1 ? t("challenge.waitingMany", { players: awaited.join(", ") }) : t("challenge.waiting", { player: awaited[0] });
  return h("div", { class: "going" }, h("p", { role: "status" }, waiting, " ", aboutText(rest)),
    patientButton(t("challenge.takeBack"), () => takeBack(id)));
}
