// A proposed match: all players have to accept it.

import { button, h } from "../lib/dom.js";
import { words } from "../lib/errors.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notices.js";
import { store } from "../lib/store.js";
import { countdown } from "./clock.js";
import { aboutText, playersWords } from "./rooms.js";

/** @param {Page.Proposal} proposal */
export function propose({ proposal_id: id, deadline, game, options, seats }) {
  const found = t(seats > 2 ? "proposal.foundMany" : "proposal.found");
  const left = h("p"); // apart, or each second would be read out
  const accepted = h("p", { role: "status" });
  const dialog = h("dialog", { class: "question", "aria-label": found });
  const close = () => dialog.close();
  const hear = (/** @type {Page.Events["notification"]} */ { detail: { method, params } }) => {
    if (method === "searcher.opponent_found" || method === "session.created" || (method === "searcher.match_lapsed" && params.proposal_id === id)) {
      close();
    }
  };
  const accept = button(t("proposal.accept"), async () => {
    accept.disabled = true;
    try {
      await store.rpc.call("searcher.accept", { proposal_id: id });
      stop();
      left.hidden = true;
      accepted.textContent = t(seats > 2 ? "proposal.waitingMany" : "proposal.waiting");
      store.rpc.addEventListener("ready", close); // its outcome may have been missed
    } catch (error) {
      notice(words(error), { kind: "bad" });
      close();
    }
  }, { class: "main" });
  const decline = button(t("proposal.decline"), () => {
    store.rpc.call("searcher.stop").catch(() => {});
    close();
  });
  const stop = countdown(left, deadline, (time) => t("proposal.left", { time }), close);
  dialog.append(h("h2", {}, found), h("p", {}, aboutText({ game, options }), seats > 2 && ` · ${playersWords(seats)}`), left, accepted, h("div", { class: "answers" }, accept, decline));
  dialog.addEventListener("close", () => {
    stop();
    store.rpc.removeEventListener("notification", hear);
    store.rpc.removeEventListener("ready", close);
    dialog.remove();
  });
  store.rpc.addEventListener("notification", hear);
  document.body.append(dialog);
  dialog.showModal();
}
