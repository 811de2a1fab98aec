// What went wrong, in the reader's words.

import { current, has, t } from "./i18n.js";

// The server says these in words that name the move or the field, in English.
const TOLD_BY_SERVER = new Set(["IllegalMove", "InvalidParams", "InvalidCommand"]);

export function words(error) {
  const { type = "InternalError", message, data = {} } = error;
  if (TOLD_BY_SERVER.has(type) && current() === "en") {
    const first = data.errors?.[0];
    return first ? `${first.path}: ${first.message}` : message;
  }
  const key = `error.${type}`;
  return has(key) ? t(key, { ...data, seconds: Math.ceil(data.retry_after ?? 1) }) : message ?? t("error.InternalError");
}
