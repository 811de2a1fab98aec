// What a person has chosen on this device. Without storage, choices last until the page is left.

const PREFIX = "arbiter.";
const changes = new EventTarget();
/** @type {Map<string, any>} */
const visit = new Map();

/**
 * @param {string} name
 * @param {any} [otherwise]
 */
export function get(name, otherwise) {
  try {
    const kept = localStorage.getItem(PREFIX + name);
    return kept === null ? visit.get(name) ?? otherwise : JSON.parse(kept);
  } catch {
    return visit.get(name) ?? otherwise;
  }
}

/**
 * @param {string} name
 * @param {any} value
 */
export function put(name, value) {
  visit.set(name, value);
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // storage is switched off
  }
  changes.dispatchEvent(new CustomEvent(name, { detail: value }));
}

/**
 * @param {string} name
 * @param {(value: any) => void} action
 */
export function onChange(name, action) {
  changes.addEventListener(name, (event) => action(/** @type {CustomEvent} */ (event).detail));
}
