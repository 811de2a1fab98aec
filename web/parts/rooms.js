// Open rooms, and the rooms that the player waits in, with the link for a friend.

/** @typedef {Protocol.Room & { connection_key?: string }} AnyRoom */

import { copy } from "../lib/clipboard.js";
import { button, h, link, patientButton, svg } from "../lib/dom.js";
import { drawing, inOwnWords } from "../lib/drawings.js";
import { words } from "../lib/errors.js";
import { t } from "../lib/i18n.js";
import { kindOf } from "../lib/kinds.js";
import { notice } from "../lib/notices.js";
import { address, go } from "../lib/router.js";
import { store } from "../lib/store.js";
import { inWords, labelOf } from "../games/words.js";
import { clockWords } from "./clock_choice.js";
import { gameTitle } from "./options.js";

/** Returns what is played, in words. @param {{ game: string, options: Record<string, any> }} game */
export function about({ game, options, ...room }) {
  const { seats = 2, players = [] } = /** @type {Partial<Protocol.Room>} */ (room);
  const parts = [gameTitle(game), clockWords(options.clock), ...ownWords(game, options), options.from ? t("options.from") : null,
    options.rated ? null : t("options.casual"),
    seats > 2 && "room_id" in room ? t("room.seats", { taken: players.length, seats }) : null];
  return parts.filter(Boolean).join("\u00a0· ");
}

/** Returns the same to be shown. @param {Parameters<typeof about>[0]} what */
export function aboutText(what) {
  return unusual(what.game, what.options).length ? inOwnWords(what.game, () => about(what)) : about(what);
}

/** Returns the options of a game itself that are not as usual, in words. @param {string} game @param {Record<string, any>} options */
function ownWords(game, options) {
  const { word } = drawing(game);
  return unusual(game, options).map(([name, schema]) => `${labelOf(schema, name, word)}: ${inWords(options[name], word)}`);
}

/** Returns the options of a game itself that are not as usual: their names and schemas. @param {string} game @param {Record<string, any>} options */
function unusual(game, options) {
  const own = Object.entries(store.game(game)?.options?.properties ?? {});
  return own.filter(([name, schema]) => name in options && JSON.stringify(options[name]) !== JSON.stringify(schema.default));
}

/** Returns how many play, in words, where they are more than two. @param {number | null} [seats] */
export function playersWords(seats) {
  return seats && seats > 2 ? t("room.players", { count: seats }) : null;
}

/** Returns the link to a private room. @param {string} key */
export function invitation(key) {
  return `${location.origin}/${address("join", key)}`;
}

/** Copies the link to a private room, and says whether it could. @param {string | Promise<string>} key */
export async function copyLink(key) {
  const copied = await copy(Promise.resolve(key).then(invitation));
  notice(t(copied ? "copied" : "action.noClipboard"), { kind: copied ? "info" : "bad" });
  return copied;
}

/**
 * Runs an action. Shows its error, and returns null then.
 * @template Result
 * @param {() => Promise<Result>} action
 */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    notice(words(error), { kind: "bad" });
    return null;
  }
}

/** @param {Protocol.Room} room */
export function roomItem(room) {
  const join = async () => {
    const joined = await attempt(() => store.rpc.call("rooms.join", { room_id: room.room_id }));
    if (joined?.session_id) {
      go("game", joined.session_id);
    }
  };
  const id = `room-${room.room_id}`;
  return h("li", { "data-room": room.room_id }, h("span", { class: "names" }, link(room.owner, address("player", room.owner)), kindOf(room.owner)),
    h("span", { class: "quiet", id }, aboutText(room)), patientButton(t("room.join"), join, { "aria-describedby": id }));
}

/** Shows a room that the player waits in. @param {AnyRoom} room @param {() => Promise<void>} leave */
export function ownRoom(room, leave) {
  const key = room.connection_key;
  const title = t(key ? "room.ownPrivate" : "room.own");
  return h("section", { class: "card own-room", "aria-label": title },
    h("h2", {}, title),
    h("p", { class: "quiet" }, aboutText(room)),
    h("p", { role: "status" }, room.seats > 2 ? t("join.waiting") : key ? t("room.passOn") : t("room.waiting")),
    key ? h("div", { class: "invitation" }, code(invitation(key)), shared(room.room_id, key)) : null,
    h("div", { class: "row" }, patientButton(t("room.leave"), leave)));
}

/** @param {string} room @param {string} key */
function shared(room, key) {
  const url = invitation(key);
  const id = `link-${room}`;
  /** @type {HTMLInputElement} */
  const field = h("input", { id, value: url, readonly: true, on: { focus: () => field.select() } });
  const copyOrSelect = async () => {
    if (!await copyLink(key)) {
      field.focus(); // so that it can be copied by hand
    }
  };
  const share = navigator.share ? button(t("room.share"), () => navigator.share({ url }).catch(() => {})) : null;
  return h("div", { class: "shared" }, h("div", { class: "field" }, h("label", { for: id }, t("room.link")), field),
    h("p", { class: "code" }, `${t("room.code")} `, h("code", {}, key)),
    h("div", { class: "row" }, button(t("room.copyLink"), copyOrSelect, { class: "main" }), share));
}

/** Makes a place for a QR code, which is drawn there once the module for it has been fetched. @param {string} text */
function code(text) {
  const place = h("div", { class: "qr", hidden: true });
  import("../lib/qr.js").then(({ qr }) => {
    const rows = qr(text);
    place.hidden = !rows;
    place.append(...(rows ? [drawCode(rows)] : []));
  }, () => {}); // the link does without
  return place;
}

/** @param {(boolean | null)[][]} rows */
function drawCode(rows) {
  const size = rows.length;
  const dark = rows.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return svg("svg", { viewBox: `-3 -3 ${size + 6} ${size + 6}`, role: "img", "aria-label": t("room.qr") },
    svg("rect", { x: -3, y: -3, width: size + 6, height: size + 6, fill: "#fff" }), svg("path", { d: dark, fill: "#000" }));
}
