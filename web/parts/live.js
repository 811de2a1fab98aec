// A list of what there is on the server: the newest, and more when asked for. It is up to date as
// often as it looks.

import { button, h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

const MOST_AT_ONCE = 100;

export class LiveList {
  #drawn = new Map(); // by id: the element, and what it shows

  // `ask(params)` answers {items, next}; `draw(item)` makes an element; `id` names what tells items apart.
  constructor({ title, nothing, step, ask, id, draw, shows = () => true }) {
    Object.assign(this, { step, ask, id, draw, shows, wanted: step });
    this.list = h("ul", { class: "list" });
    this.nothing = h("p", { class: "quiet", hidden: true }, nothing);
    this.more = button(t("more"), () => this.#showMore(), { class: "more", hidden: true });
    this.element = h("section", { class: "card", "aria-label": title }, h("h2", {}, title), this.list, this.nothing, this.more);
  }

  // All that was found, also what this list does not show; null where nobody answered.
  async look() {
    const { wanted } = this;
    const found = [];
    let after = null;
    try {
      do {
        const limit = Math.min(wanted - found.length, MOST_AT_ONCE);
        const page = await this.ask({ limit, ...(after ? { after } : {}) });
        found.push(...page.items);
        after = page.next;
      } while (after && found.length < wanted);
    } catch {
      return null; // it is asked again
    }
    if (wanted === this.wanted) { // else more have been asked for meanwhile
      this.#show(found.filter(this.shows), after !== null);
    }
    return found;
  }

  async #showMore() {
    const shown = this.list.children.length;
    this.wanted += this.step;
    await this.look();
    if (this.more.hidden) {
      this.list.children[shown]?.querySelector("a, button")?.focus();
    }
  }

  // What has not changed stays as it is, and so does what has the focus.
  #show(items, more) {
    const held = this.list.contains(document.activeElement) ? document.activeElement : null;
    const drawn = new Map(items.map((item) => [item[this.id], this.#element(item)]));
    this.#drawn = drawn;
    const elements = [...drawn.values()].map(({ element }) => element);
    if (elements.length !== this.list.children.length || elements.some((each, index) => each !== this.list.children[index])) {
      this.list.replaceChildren(...elements);
    }
    if (held !== document.activeElement && held?.isConnected) {
      held.focus({ preventScroll: true });
    }
    this.nothing.hidden = elements.length > 0;
    this.more.hidden = !more;
  }

  #element(item) {
    const says = JSON.stringify(item);
    const known = this.#drawn.get(item[this.id]);
    return known?.says === says ? known : { says, element: this.draw(item) };
  }
}
