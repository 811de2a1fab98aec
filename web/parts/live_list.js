// A list of the newest things on the server, and more on request. It is as new as its last `look`.

import { arrange, button, h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

const MAX_PAGE_ITEMS = 100;

/** @template {Record<string, any>} Item */
export class LiveList {
  /** @type {Map<string, { says: string, element: HTMLElement }>} by id: the element, and what it shows */
  #drawn = new Map();

  /**
   * `id` names what tells items apart.
   * @param {{
   *   title: string, nothing: string, step: number, id: string,
   *   ask: (params: { limit: number, after?: string }) => Promise<{ items: Item[], next: string | null }>,
   *   draw: (item: Item) => HTMLElement, shows?: (item: Item) => boolean,
   * }} options
   */
  constructor({ title, nothing, step, ask, id, draw, shows = () => true }) {
    this.step = this.wanted = step;
    this.ask = ask;
    this.id = id;
    this.draw = draw;
    this.shows = shows;
    this.list = h("ul", { class: "list" });
    this.nothing = h("p", { class: "quiet", hidden: true }, nothing);
    this.more = button(t("more"), () => this.#showMore(), { class: "more", hidden: true });
    this.element = h("section", { class: "card", "aria-label": title }, h("h2", {}, title), this.list, this.nothing, this.more);
  }

  /** Reads the list again. Returns all items, also those that it does not show, or null without an answer. */
  async look() {
    const { wanted } = this;
    /** @type {Item[]} */
    const found = [];
    /** @type {string | null} */
    let after = null;
    try {
      do {
        const limit = Math.min(wanted - found.length, MAX_PAGE_ITEMS);
        const page = await this.ask({ limit, ...(after ? { after } : {}) });
        found.push(...page.items);
        after = page.next;
      } while (after && found.length < wanted);
    } catch {
      return null; // it is read again
    }
    if (wanted === this.wanted) { // else more items have been requested meanwhile
      this.#show(found.filter(this.shows), after !== null);
    }
    return found;
  }

  async #showMore() {
    const shown = this.list.children.length;
    this.wanted += this.step;
    await this.look();
    if (this.more.hidden) {
      /** @type {HTMLElement | null} */ (this.list.children[shown]?.querySelector("a, button"))?.focus();
    }
  }

  // Elements that have not changed stay, and so does the focus.
  /** @param {Item[]} items @param {boolean} more */
  #show(items, more) {
    const drawn = new Map(items.map((item) => [item[this.id], this.#element(item)]));
    this.#drawn = drawn;
    const elements = [...drawn.values()].map(({ element }) => element);
    arrange(this.list, elements);
    this.nothing.hidden = elements.length > 0;
    this.more.hidden = !more;
  }

  /** @param {Item} item */
  #element(item) {
    const says = JSON.stringify(item);
    const known = this.#drawn.get(item[this.id]);
    return known?.says === says ? known : { says, element: this.draw(item) };
  }
}
