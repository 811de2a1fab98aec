// Makes elements. Text is always set as text, so nothing that a player wrote can become markup.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

export function set(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") {
      for (const [event, action] of Object.entries(value)) {
        element.addEventListener(event, action);
      }
    } else if (name === "value" || name === "checked" || name === "hidden" || name === "disabled") {
      element[name] = value;
    } else if (value === null || value === undefined || value === false) {
      element.removeAttribute(name);
    } else {
      element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
    }
  }
  return element;
}

// What replaceChildren and append would else write out as "null".
export function put(element, ...children) {
  element.replaceChildren(...children.flat(2).filter(isThere));
  return element;
}

export function button(text, action, props = {}) {
  return h("button", { type: "button", ...props, on: { click: action } }, ...[text].flat());
}

// A button that takes no further press until its action is done.
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

export function link(text, href, props = {}) {
  return h("a", { href, ...props }, ...[text].flat());
}

// Changes text only where it differs: a live region would else say it again.
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function fill(element, props, children) {
  set(element, props);
  element.append(...children.flat(2).filter(isThere));
  return element;
}

function isThere(child) {
  return child !== null && child !== undefined && child !== false;
}
