// Other players: lists of them, and what one can do about one.

import { button, h, link, part, patientButton } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { kindMark } from "../lib/kinds.js";
import { address } from "../lib/router.js";
import { store } from "../lib/store.js";
import { nameOf } from "./bot_profiles.js";
import { challenge } from "./challenge_form.js";
import * as challenges from "./challenges.js";
import { LiveList } from "./live_list.js";
import { attempt } from "./rooms.js";

const STEP = 8;

/** Makes the lists of the lobby: whom the player follows, who is online, with whom the player has played. */
export function playerLists() {
  const list = (/** @type {string} */ name, /** @type {(params: { limit: number, after?: string }) => Promise<any>} */ ask) =>
    /** @type {LiveList<Protocol.Contact>} */ (new LiveList({
      title: t(`players.${name}`), nothing: t(`players.${name}.none`), step: STEP, id: "login", draw: contactItem, ask,
    }));
  const lists = [
    list("following", (params) => store.rpc.call("accounts.following", params)),
    list("online", (params) => store.rpc.call("accounts.online", params)),
    list("recent", async () => ({ ...await store.rpc.call("accounts.recent", {}), next: null })),
  ];
  return {
    elements: lists.map(({ element }) => element),
    look: async () => {
      const found = await Promise.all(lists.map((each) => each.look()));
      lists[2].element.hidden = found[2]?.length === 0;
    },
  };
}

/** Makes the list of whom the player has blocked, which is hidden where it is nobody. */
export function blockedPlayers() {
  const unblock = (/** @type {string} */ login) => async () => {
    await attempt(() => store.rpc.call("accounts.unblock", { login }));
    await look();
    part("page").focus(); // the button has gone
  };
  /** @type {LiveList<Protocol.Contact>} */
  const list = new LiveList({
    title: t("players.blocked"), nothing: "", step: STEP, id: "login", ask: (params) => store.rpc.call("accounts.blocked", params),
    draw: ({ login }) => h("li", { class: "contact" }, link(login, address("player", login)),
      patientButton(t("players.unblock"), unblock(login), { "aria-label": t("players.unblockOne", { player: login }) })),
  });
  const look = async () => {
    const found = await list.look();
    list.element.hidden = !(found ?? list.list.children).length;
  };
  list.element.hidden = true;
  look();
  return list.element;
}

/** @param {Protocol.Contact} contact */
function contactItem({ login, display_name: name, kind, online }) {
  return h("li", { class: online ? "contact online" : "contact" }, link(login, address("player", login)), kindMark(kind),
    online ? h("span", { class: "unseen" }, t("players.isOnline")) : null, name === login ? null : h("span", { class: "quiet" }, nameOf({ login, display_name: name })),
    button(t("challenge.do"), () => challenge(login, { casual: kind === "guest" }), { "aria-label": t("challenge.title", { player: login }) }));
}

/** Makes a row of what can be done about a player. @param {Protocol.Account} account */
export function relationRow({ login, guest }) {
  const online = h("p", { class: "quiet", role: "status" });
  const row = h("div", { class: "row" });
  const change = (/** @type {"follow" | "unfollow" | "block" | "unblock"} */ what) => async () => {
    await attempt(() => store.rpc.call(`accounts.${what}`, { login }));
    if (what === "block") {
      await challenges.look();
    }
    await show();
  };
  const show = async () => {
    const relation = await attempt(() => store.rpc.call("accounts.relation", { login }));
    if (relation) {
      const held = [...row.children].indexOf(/** @type {Element} */ (document.activeElement));
      online.textContent = relation.online ? t("players.isOnline") : "";
      const follow = relation.follows ? "unfollow" : "follow";
      const block = relation.blocks ? "unblock" : "block";
      row.replaceChildren(
        button(t("challenge.do"), () => challenge(login, { casual: guest }), { class: "main" }),
        patientButton(t(`players.${follow}`), change(follow)), patientButton(t(`players.${block}`), change(block), { class: "quiet" }));
      /** @type {HTMLElement | undefined} */ (row.children[held])?.focus();
    }
  };
  show();
  return h("div", { class: "relation" }, online, row);
}
