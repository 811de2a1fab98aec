// Where the tokens are kept, and how they are renewed. docs/web-client.md says why it is done so.

import { alone, pause } from "./alone.js";
import { Refused } from "./rpc.js";

const KEY = "arbiter.tokens";
const EARLY = 30_000;
const ARRIVES = 300; // what one tab has stored or told is known to all others
const GIVEN_UP = 10_000;

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
  const [tab, device] = safely(places) ?? [];
  const [place, other] = stays ? [device, tab] : [tab, device];
  safely(() => other.removeItem(KEY)); // in its own place it is replaced, and never missing
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

// Has the server end them, without waiting for it: who has no connection is logged out here all the
// same, and the tokens, which nobody has any more, end by themselves.
export function end() {
  const now = kept();
  if (now) {
    const headers = { Authorization: `Bearer ${now.access}` };
    post("auth.logout", { refresh_token: now.refresh }, { headers, keepalive: true }).catch(() => {});
  }
}

// A usable access token, renewed where it has run out or `fresh` is asked for; null for nobody.
// One tab renews at a time: a refresh token that is used twice ends the whole login.
export async function access({ fresh = false } = {}) {
  const before = kept();
  if (!before || (!fresh && before.until - EARLY > Date.now())) {
    return before?.access ?? null;
  }
  return new Promise((resolve, reject) => {
    alone(() => renew(before, resolve)).catch(reject);
  });
}

async function renew(before, answer) {
  const now = kept();
  if (!now || now.access !== before.access) {
    answer(now?.access ?? null); // another tab has been faster
    return;
  }
  const tokens = await post("auth.refresh", { refresh_token: now.refresh });
  siblings.postMessage({ spent: now.refresh, entry: keep(tokens, now.place === localStorage) });
  answer(tokens.access_token);
  await pause(ARRIVES); // until then no other tab may begin
}

async function post(method, params, options = {}) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const request = { method: "POST", body, ...options, signal: AbortSignal.timeout(GIVEN_UP) };
  const answer = await (await fetch("/rpc", request)).json();
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
