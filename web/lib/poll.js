// Reads something again and again.

import { store } from "./store.js";

/**
 * Looks at intervals while the page is visible and connected, and never before the last look has ended: calls that
 * wait for a connection would all be made as soon as there is one. Returns the timer.
 * @param {() => Promise<void>} look
 * @param {number} milliseconds
 */
export function poll(look, milliseconds) {
  let isLooking = false;
  return setInterval(async () => {
    if (isLooking || document.hidden || store.rpc.state !== "ready") {
      return;
    }
    isLooking = true;
    try {
      await look();
    } finally {
      isLooking = false;
    }
  }, milliseconds);
}
