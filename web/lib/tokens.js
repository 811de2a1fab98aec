// The player's tokens: where they are stored, and how they are renewed. The reasons are in docs/web-client.md.

import { alone, pause } from "./tab_lock.js";
import { Refused } from "./rpc.js";

const KEY = "arbiter.tokens";
const RENEWAL_MARGIN_MS = 30_000;
const PROPAGATION_MS = 300; // until all tabs know what one has stored or sent
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * @typedef {{ login: string, access: string, refresh: string, until: number, guest: boolean }} Entry
 * `until`: when the access token expires, in milliseconds by this device's clock; `guest`: there is no password
 */

// A duplicated tab has the same tokens in a storage of its own. It is sent new ones.
const siblings = new BroadcastChannel(KEY);
siblings.onmessage = ({ data: { spent, entry } }) => {
  const now = kept();
  if (now && now.refresh === spent) {
    store(now.place, entry);
  }
};

// For this tab until it is closed, or for this device if the player asked to stay logged in.
const places = () => [sessionStorage, localStorage];

/** Returns the stored tokens and their storage. @returns {(Entry & { place: Storage }) | null} */
export function kept() {
  for (const place of safely(places) ?? []) {
    const text = safely(() => place.getItem(KEY));
    if (text) {
      return { place, ...JSON.parse(text) };
    }
  }
  return null;
}

/**
 * Stores tokens: on the device if the player `stays` logged in, or else in the tab.
 * @param {Protocol.Tokens} tokens
 * @param {boolean} stays
 * @param {boolean} guest
 */
export function keep(tokens, stays, guest = false) {
  const [tab, device] = safely(places) ?? [];
  const [place, other] = stays ? [device, tab] : [tab, device];
  safely(() => other?.removeItem(KEY)); // in its own storage it is replaced, so it is never missing there
  const { login, access_token: access, refresh_token: refresh, expires_in: seconds } = tokens;
  const entry = { login, access, refresh, until: Date.now() + seconds * 1000, guest };
  if (place) {
    store(place, entry);
  }
  return entry;
}

/** Stores that the player, who was a guest, has a password. */
export function claimed() {
  const now = kept();
  if (now) {
    const { place, ...entry } = now;
    store(place, { ...entry, guest: false });
  }
}

/** Deletes the stored tokens. */
export function forget() {
  for (const place of safely(places) ?? []) {
    safely(() => place.removeItem(KEY));
  }
}

/**
 * Has the server revoke the tokens, without waiting for it: without a connection the player is logged
 * out on this device, and the tokens expire.
 */
export function end() {
  const now = kept();
  if (now) {
    const headers = { Authorization: `Bearer ${now.access}` };
    post("auth.logout", { refresh_token: now.refresh }, { headers, keepalive: true }).catch(() => {});
  }
}

/**
 * Returns a valid access token, or null if nobody is logged in. Renews it when it expires, or if a
 * `fresh` one is asked for. One tab renews at a time: a refresh token that is used again late revokes
 * all tokens of the login.
 * @returns {Promise<string | null>}
 */
export async function access({ fresh = false } = {}) {
  const before = kept();
  if (!before || (!fresh && before.until - RENEWAL_MARGIN_MS > Date.now())) {
    return before?.access ?? null;
  }
  return new Promise((resolve, reject) => {
    alone(() => renew(before, resolve)).catch(reject);
  });
}

/** @param {Entry} before @param {(token: string | null) => void} answer */
async function renew(before, answer) {
  const now = kept();
  if (!now || now.access !== before.access) {
    answer(now?.access ?? null); // another tab has renewed them
    return;
  }
  const tokens = await post("auth.refresh", { refresh_token: now.refresh });
  siblings.postMessage({ spent: now.refresh, entry: keep(tokens, now.place === localStorage, kept()?.guest) });
  answer(tokens.access_token);
  await pause(PROPAGATION_MS); // no other tab may begin before
}

/**
 * @template {keyof Protocol.Methods} M
 * @param {M} method
 * @param {Protocol.Methods[M]["params"]} params
 * @param {RequestInit} options
 * @returns {Promise<Protocol.Methods[M]["result"]>}
 */
async function post(method, params, options = {}) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const request = { method: "POST", body, ...options, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) };
  const answer = await (await fetch("/rpc", request)).json();
  if (answer.error) {
    throw new Refused(answer.error);
  }
  return answer.result;
}

/** @param {Storage} place @param {Entry} entry */
function store(place, entry) {
  safely(() => place.setItem(KEY, JSON.stringify(entry)));
}

/**
 * Runs an action. Returns null if storage is switched off.
 * @template Result
 * @param {() => Result} action
 */
function safely(action) {
  try {
    return action();
  } catch {
    return null;
  }
}
