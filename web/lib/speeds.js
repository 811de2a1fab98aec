// How fast games are played: players have a rating for each speed.

import { t } from "./i18n.js";

/** @typedef {NonNullable<Protocol.RatingHistory["speed"]>} Speed */

/** @type {Speed[]} the fastest first */
export const SPEEDS = ["bullet", "blitz", "rapid", "classical", "days"];

/** @param {Speed} speed */
export const speedWords = (speed) => t(`speed.${speed}`);
