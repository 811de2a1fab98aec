// Errors in the reader's language.

import { current, has, t } from "./i18n.js";

// The server's own messages of these name the move or the field, in English.
const EXPLAINED_BY_SERVER = new Set(["IllegalMove", "InvalidParams", "InvalidCommand"]);

/**
 * Returns the text of an error.
 * @param {Partial<Page.Failure>} error
 */
export function words(error) {
  const { type = "InternalError", message = t("error.InternalError"), data = {} } = error;
  if (EXPLAINED_BY_SERVER.has(type) && current() === "en") {
    const first = data.errors?.[0];
    return first ? `${first.path}: ${first.message}` : message;
  }
  const key = `error.${type}`;
  return has(key) ? t(key, { ...data, seconds: Math.ceil(data.retry_after ?? 1) }) : message;
}
