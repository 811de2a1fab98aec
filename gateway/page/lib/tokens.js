// Where the tokens are kept, and how they are renewed. docs/web-client.md says why it is done so.

import { Refused } from "./rpc.js";

const KEY = "arbiter.tokens";
const EARLY = 30_000;

// A tab that was duplicated has the same tokens in a storage of its own: it is told of new ones.
const siblings = new BroadcastChannel(KEY);
siblings.onmessage = ({ data: { spent, entry } }) => {
  const now = kept();
  if (now?.refresh === spent) {
    store(now.place, entry);
  }
};

// In this tab until it is closed, or, where the player asked to stay logged in, on this device.
const places = () => [sessionStorage, localStorage];

export function kept() {
  for (const place of safely(places) ?? []) {
    const text = safely(() => place.getItem(KEY));
    if (text) {
      return { place, ...JSON.parse(text) };
    }
  }
  return null;
}

export function keep(tokens, stays) {
  forget();
  const place = stays ? localStorage : sessionStorage;
  const { login, access_token: access, refresh_token: refresh, expires_in: seconds } = tokens;
  const entry = { login, access, refresh, until: Date.now() + seconds * 1000 };
  store(place, entry);
  return entry;
}

export function forget() {
  for (const place of safely(places) ?? []) {
    safely(() => place.removeItem(KEY));
  }
}

// A usable access token, renewed where it has run out or `fresh` is asked for; null for nobody.
// One tab renews at a time: a refresh token that is used twice ends the whole login.
export async function access({ fresh = false } = {}) {
  const before = kept();
  if (!before || (!fresh && before.until - EARLY > Date.now())) {
    return before?.access ?? null;
  }
  return alone(async () => {
    const now = kept();
    if (!now || now.access !== before.access) {
      return now?.access ?? null;
    }
    const tokens = await post("auth.refresh", { refresh_token: now.refresh });
    siblings.postMessage({ spent: now.refresh, entry: keep(tokens, now.place === localStorage) });
    return tokens.access_token;
  });
}

function alone(action) {
  // Web Locks exist in secure contexts only.
  return navigator.locks ? navigator.locks.request("arbiter.refresh", action) : action();
}

async function post(method, params) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await (await fetch("/rpc", { method: "POST", body })).json();
  if (answer.error) {
    throw new Refused(answer.error);
  }
  return answer.result;
}

function store(place, entry) {
  safely(() => place.setItem(KEY, JSON.stringify(entry)));
}

function safely(action) {
  try {
    return action();
  } catch {
    return null; // storage is switched off
  }
}
