// The reader's language: chosen, or else the browser's. `t` gives a text of it.

import en from "../texts/en.js";
import ru from "../texts/ru.js";
import * as settings from "./settings.js";

export const languages = { en, ru };
export const names = { en: "English", ru: "Русский" };

let language = initial();
document.documentElement.lang = language;

export const current = () => language;

export function choose(tag) {
  language = tag;
  document.documentElement.lang = tag;
  settings.put("language", tag);
}

export function has(key) {
  return key in languages[language];
}

// A text with its {places} filled; one that has forms is chosen by its {count}.
export function t(key, values = {}) {
  let text = languages[language][key] ?? languages.en[key] ?? key;
  if (typeof text === "object") {
    text = text[new Intl.PluralRules(language).select(values.count)] ?? text.other;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function date(iso) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

export function day(iso) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(iso));
}

export function number(value) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);
}

// Minutes and seconds, as on a clock; tenths where they count.
export function duration(seconds, tenths = false) {
  const left = Math.max(seconds, 0);
  if (tenths && left < 10) {
    return `0:0${(Math.floor(left * 10) / 10).toFixed(1)}`;
  }
  const whole = Math.ceil(left);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

function initial() {
  const wanted = [settings.get("language"), ...navigator.languages];
  return wanted.map((tag) => (tag ?? "").slice(0, 2)).find((tag) => tag in languages) ?? "en";
}
