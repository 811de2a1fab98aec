// Which page the address names: #/game/ID is the page "game" with "ID".

export function place() {
  const [name = "", ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
  return { name: name || "lobby", parts: rest.filter(Boolean) };
}

export function address(name, ...parts) {
  return `#/${[name, ...parts].map(encodeURIComponent).join("/")}`;
}

export function go(name, ...parts) {
  location.hash = name === "lobby" ? "#/" : address(name, ...parts);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
