// Makes elements. Text is always set as text, so that nothing a player wrote becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Page.Props} props
 * @param {...Page.Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/**
 * Makes an element of SVG.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Page.Props} props
 * @param {...Page.Child} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

/**
 * Sets listeners, properties and attributes; an attribute is removed by null, undefined and false.
 * @template {Element} E
 * @param {E} element
 * @param {Page.Props} props
 */
export function set(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") {
      for (const [event, action] of Object.entries(value)) {
        element.addEventListener(event, action);
      }
    } else if (name === "value" || name === "checked" || name === "hidden" || name === "disabled") {
      Object.assign(element, { [name]: value });
    } else if (value === null || value === undefined || value === false) {
      element.removeAttribute(name);
    } else {
      element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
    }
  }
  return element;
}

/**
 * Replaces the children. Leaves out what replaceChildren would write out as "null".
 * @template {Element} E
 * @param {E} element
 * @param {...Page.Child} children
 */
export function put(element, ...children) {
  element.replaceChildren(...shown(children));
  return element;
}

/**
 * Puts elements in this order. Those that stay keep the focus.
 * @param {Element} parent
 * @param {Element[]} elements
 */
export function arrange(parent, elements) {
  if (elements.length === parent.children.length && elements.every((each, index) => each === parent.children[index])) {
    return;
  }
  const held = parent.contains(focused()) ? focused() : null;
  parent.replaceChildren(...elements);
  if (held?.isConnected) {
    held.focus({ preventScroll: true });
  }
}

/**
 * Makes a button.
 * @param {Page.Child} text
 * @param {(event: MouseEvent) => void} action
 * @param {Page.Props} props
 * @returns {HTMLButtonElement}
 */
export function button(text, action, props = {}) {
  return h("button", { type: "button", ...props, on: { click: action } }, ...[text].flat());
}

/**
 * Makes a button that takes no further press until its action is done.
 * @param {Page.Child} text
 * @param {() => Promise<void>} action
 * @param {Page.Props} props
 */
export function patientButton(text, action, props = {}) {
  const press = async () => {
    if (!element.ariaDisabled) {
      element.ariaDisabled = "true";
      await action().finally(() => { element.ariaDisabled = null; });
    }
  };
  const element = button(text, press, props);
  return element;
}

/**
 * Makes a link.
 * @param {Page.Child} text
 * @param {string} href
 * @param {Page.Props} props
 */
export function link(text, href, props = {}) {
  return h("a", { href, ...props }, ...[text].flat());
}

/**
 * Changes text only where it differs: a live region would else say it again.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Returns the element of an id that index.html has. @param {string} id */
export function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Returns what has the focus. */
export function focused() {
  return /** @type {HTMLElement | null} */ (document.activeElement);
}

/**
 * @template {Element} E
 * @param {E} element
 * @param {Page.Props} props
 * @param {Page.Child[]} children
 */
function fill(element, props, children) {
  set(element, props);
  element.append(...shown(children));
  return element;
}

/** @param {Page.Child[]} children */
function shown(children) {
  const there = children.flat(2).filter((child) => child !== null && child !== undefined && child !== false);
  return /** @type {(Node | string)[]} */ (there);
}
