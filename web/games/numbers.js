// The numbers of moves: of two players who take turns, their moves are counted in pairs; all others one by one.

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

/** Returns whether one seat has moved after the other, and neither at the same time. @param {Page.Step[]} steps */
function inTurns(steps) {
  return steps.every(({ login, state }, index) => login !== steps[index - 1]?.login && (state.turn !== null || index === steps.length - 1));
}
