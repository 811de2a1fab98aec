// Addresses of pages: #/game/ID is the page "game" with the part "ID".

/** Returns the page that the address names, and the parts after its name. */
export function place() {
  const [name = "", ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
  return { name: name || "lobby", parts: rest.filter(Boolean) };
}

/**
 * Returns the address of a page.
 * @param {string} name
 * @param {...string} parts
 */
export function address(name, ...parts) {
  return `#/${[name, ...parts].map(encodeURIComponent).join("/")}`;
}

/**
 * Opens a page.
 * @param {string} name
 * @param {...string} parts
 */
export function go(name, ...parts) {
  location.hash = name === "lobby" ? "#/" : address(name, ...parts);
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
