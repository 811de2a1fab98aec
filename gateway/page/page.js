// Says what this server is and how it is, in the reader's language.

import { texts } from "./texts.js";

const ASK_EVERY = 10_000;
const GIVE_UP_AFTER = 8_000;
const COPIED_FOR = 2_000;

// As in the page's examples, and where this server really is.
const EXAMPLE = { socket: "ws://localhost:8000/ws", http: "http://localhost:8000" };
const HERE = { socket: `${location.origin.replace(/^http/, "ws")}/ws`, http: location.origin };

let language = chosenLanguage();
let state = { name: "checking", names: [] };
let info = null;

const find = (id) => document.getElementById(id);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function chosenLanguage() {
  const wanted = [remembered(), ...navigator.languages].map((tag) => (tag ?? "").slice(0, 2));
  return wanted.find((tag) => tag in texts) ?? "en";
}

function remembered() {
  try {
    return localStorage.getItem("language");
  } catch {
    return null; // storage is switched off
  }
}

function choose(tag) {
  language = tag;
  try {
    localStorage.setItem("language", tag);
  } catch {
    // storage is switched off, and the choice holds for this visit
  }
  show();
}

function show() {
  const text = texts[language];
  document.documentElement.lang = language;
  document.querySelector("meta[name=description]").content = text.description;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text[element.dataset.text];
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text[element.dataset.label]);
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  showState();
  showInfo();
}

function showState() {
  find("status").parentElement.dataset.state = state.name;
  const sentence = fill(texts[language][state.name], { names: state.names.join(", ") });
  if (find("status").textContent !== sentence) {
    find("status").textContent = sentence;
  }
}

function showInfo() {
  find("games-missing").hidden = info !== null;
  if (info === null) {
    return;
  }
  find("games").replaceChildren(...info.games.map(gameItem));
  find("version").textContent = fill(texts[language].version, info);
}

function gameItem(game) {
  const item = document.createElement("li");
  const parts = [
    ["strong", texts[language].titles[game.name] ?? game.title],
    ["code", game.name],
    ["span", playersText(game.min_players, game.max_players)],
  ];
  for (const [tag, content] of parts) {
    const part = document.createElement(tag);
    part.textContent = content;
    item.append(part);
  }
  return item;
}

function playersText(least, most) {
  const form = new Intl.PluralRules(language).select(most);
  const forms = texts[language].players;
  return fill(forms[form] ?? forms.other, { count: least === most ? most : `${least}–${most}` });
}

async function ask() {
  try {
    const answer = await fetch("/readyz", {
      cache: "no-store", signal: AbortSignal.timeout(GIVE_UP_AFTER),
    });
    const { ready, not_answering: names } = await answer.json();
    state = { name: ready ? "up" : "ailing", names };
  } catch {
    state = { name: "down", names: [] };
  }
  showState();
  if (info === null && state.name !== "down") {
    await askForInfo();
  }
}

async function askForInfo() {
  try {
    const answer = await fetch("/rpc", {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "server.info" }),
      signal: AbortSignal.timeout(GIVE_UP_AFTER),
    });
    info = (await answer.json()).result ?? null;
  } catch {
    return; // it is asked for again with the next look at the server's state
  }
  showInfo();
}

async function keepAsking() {
  for (;;) {
    if (!document.hidden) {
      await ask();
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
  }
}

async function copy(button) {
  const source = find(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    // No clipboard without HTTPS: what is selected can be copied by hand.
    getSelection().selectAllChildren(source);
    if (!document.execCommand("copy")) {
      return;
    }
  }
  button.textContent = find("said").textContent = texts[language].copied;
  setTimeout(() => {
    button.textContent = texts[language].copy;
    find("said").textContent = "";
  }, COPIED_FOR);
}

for (const code of document.querySelectorAll("pre code")) {
  code.textContent = code.textContent
    .replace(EXAMPLE.socket, HERE.socket).replace(EXAMPLE.http, HERE.http);
}
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => choose(button.dataset.language));
}
for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", () => copy(button));
}
document.addEventListener("visibilitychange", () => document.hidden || ask());
show();
keepAsking();
