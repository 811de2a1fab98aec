// What a person has chosen on this device. Without storage the choices hold for this visit.

const PREFIX = "arbiter.";
const changes = new EventTarget();
const visit = new Map();

export function get(name, otherwise) {
  try {
    const kept = localStorage.getItem(PREFIX + name);
    return kept === null ? visit.get(name) ?? otherwise : JSON.parse(kept);
  } catch {
    return visit.get(name) ?? otherwise;
  }
}

export function put(name, value) {
  visit.set(name, value);
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // storage is switched off
  }
  changes.dispatchEvent(new CustomEvent(name, { detail: value }));
}

export function onChange(name, action) {
  changes.addEventListener(name, (event) => action(/** @type {CustomEvent} */ (event).detail));
}
