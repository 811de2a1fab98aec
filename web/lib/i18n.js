// Texts in the reader's language: the chosen one, or else the browser's.

import * as settings from "./settings.js";

/**
 * What a file of texts has. English has no titles of games: the server's are English.
 * @typedef {{
 *   default: Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>,
 *   titles?: Record<string, string>,
 * }} Texts
 */

/** @type {Record<string, string>} */
export const names = { en: "English", ru: "Русский" };

const DAY_SECONDS = 86_400;
let language = initial();
let texts = await load(language);
document.documentElement.lang = language;

export const current = () => language;

/** Changes the language, once its texts are there. @param {string} tag */
export async function choose(tag) {
  texts = await load(tag);
  language = tag;
  document.documentElement.lang = tag;
  settings.put("language", tag);
}

/** @param {string} key */
export function has(key) {
  return key in texts.default;
}

/** Returns the title of a game, unless the server's is right. @param {string} game */
export function title(game) {
  return texts.titles?.[game];
}

/**
 * Returns a text with its {places} filled. Of several plural forms, {count} chooses one.
 * @param {string} key
 * @param {Record<string, any>} values
 * @returns {string}
 */
export function t(key, values = {}) {
  const found = texts.default[key] ?? key;
  const text = typeof found === "string" ? found : plural(found, values.count);
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** @param {string} iso */
export function date(iso) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** @param {string} iso */
export function day(iso) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(iso));
}

/** @param {number} value */
export function number(value, fractionDigits = 0) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: fractionDigits }).format(value);
}

/**
 * Returns a duration as a clock shows it, below ten seconds with tenths if they are wanted.
 * @param {number} seconds
 */
export function duration(seconds, tenths = false) {
  const left = Math.max(seconds, 0);
  if (tenths && left < 10) {
    return `0:0${(Math.floor(left * 10) / 10).toFixed(1)}`;
  }
  const whole = Math.ceil(left);
  if (whole >= 2 * DAY_SECONDS) {
    const days = Math.floor(whole / DAY_SECONDS);
    return t("time.daysAndHours", { days, hours: Math.floor((whole % DAY_SECONDS) / 3600) });
  }
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** Returns a duration in words, to the minute, by its two largest units: 2 days 3 hours. @param {number} seconds */
export function longDuration(seconds) {
  const minutes = Math.ceil(Math.max(seconds, 0) / 60);
  const parts = /** @type {const} */ ([["days", Math.floor(minutes / 1440)], ["hours", Math.floor(minutes / 60) % 24], ["minutes", minutes % 60]]);
  const first = parts.findIndex(([, count]) => count);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2).filter(([, count]) => count);
  return shown.map(([unit, count]) => t(`time.${unit}`, { count })).join(" ");
}

/** @param {Partial<Record<Intl.LDMLPluralRule, string>>} forms @param {number} count */
function plural(forms, count) {
  return forms[new Intl.PluralRules(language).select(count)] ?? forms.other ?? "";
}

/** @returns {string} */
function initial() {
  const wanted = [settings.get("language"), ...navigator.languages];
  return wanted.map((tag) => (tag ?? "").slice(0, 2)).find((tag) => tag in names) ?? "en";
}

/** @param {string} tag @returns {Promise<Texts>} */
function load(tag) {
  return import(`../texts/${tag}.js`);
}
