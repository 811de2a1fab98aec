// The numbers of moves: of two players who take turns, their moves are counted in pairs; all others one by one.

import { t } from "../lib/i18n.js";

/**
 * Returns the number of each step, and whether it is the second of a pair.
 * @param {Page.Step[]} steps
 * @param {number} players how many they are
 * @param {number} before how many moves there were before the first step
 * @returns {Page.StepNumber[]}
 */
export function numbersOf(steps, players, before) {
  const paired = players === 2 && inTurns(steps);
  return steps.map(({ number }) => {
    const count = before + number;
    return paired ? { paired, number: Math.ceil(count / 2), second: count % 2 === 0 } : { paired, number: count, second: false };
  });
}

/** Returns a move with its number: 2. Nf3, or 2… Nc6 for the second of a pair. @param {Page.StepNumber} numbered @param {string} move */
export function numberedMove({ number, second }, move) {
  return t(second ? "moves.second" : "moves.move", { number, move });
}

/** Returns whether one seat has moved after the other, and neither at the same time. @param {Page.Step[]} steps */
function inTurns(steps) {
  return steps.every(({ login, state }, index) => login !== steps[index - 1]?.login && (state.turn !== null || index === steps.length - 1));
}
