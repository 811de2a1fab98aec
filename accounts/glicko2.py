"""Glicko-2, by the formulas of its paper. The numbers of steps below are the paper's.

Mark E. Glickman, "Example of the Glicko-2 system", Boston University, November 30, 2013,
http://www.glicko.net/glicko/glicko2.pdf

The paper rates games by periods. Here **each game is a rating period of its own**, so that a rating
moves with the game that moves it. In each period the paper adds to the deviation; that keeps the
deviation of somebody who plays a lot at about 60, and the rating able to move. Time without a game
consists of periods too, one for every full `IDLE_PERIOD_SECONDS`: in them the deviation grows (step
6) and nothing else changes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# Step 1: a newcomer's.
INITIAL_RATING, INITIAL_DEVIATION, INITIAL_VOLATILITY = 1500.0, 350.0, 0.06
# Step 1: the system constant tau, from 0.3 to 1.2; the paper's example has 0.5.
VOLATILITY_CONSTRAINT = 0.5
# Step 2: points on the Glicko scale in one of the Glicko-2 scale.
SCALE = 173.7178
CONVERGENCE_TOLERANCE = 0.000001  # step 5.1

DAY_SECONDS = 86_400.0
# So that a deviation of 60 grows in a year without games to 110, from where it is provisional:
# (110^2 - 60^2) / SCALE^2 / 0.06^2 periods.
IDLE_PERIOD_SECONDS = 365 * DAY_SECONDS / ((110**2 - 60**2) / SCALE**2 / INITIAL_VOLATILITY**2)


@dataclass(frozen=True)
class Strength:
    """A player's rating, its deviation, and the volatility of the player's results."""

    rating: float = INITIAL_RATING
    deviation: float = INITIAL_DEVIATION
    volatility: float = INITIAL_VOLATILITY


def after_idling(player: Strength, seconds: float) -> Strength:
    """Return a player's strength after a time without a game: the deviation has grown.

    It grows up to a newcomer's, as in Glickman, "The Glicko system", step 1b.
    """
    periods = max(seconds, 0.0) // IDLE_PERIOD_SECONDS
    grown = math.hypot(player.deviation, SCALE * player.volatility * math.sqrt(periods))
    deviation = max(player.deviation, min(grown, INITIAL_DEVIATION))
    return Strength(player.rating, deviation, player.volatility)


def rate(player: Strength, results: Sequence[tuple[Strength, float]]) -> Strength:
    """Return a player's strength after the games of one rating period (steps 2 to 8).

    A result is the opponent's strength before the period and the score: 1, 0.5 or 0.
    """
    mu, phi = (player.rating - INITIAL_RATING) / SCALE, player.deviation / SCALE
    information = surprise = 0.0
    for opponent, score in results:
        weight = _weight(opponent.deviation / SCALE)
        expected = _expected(mu, (opponent.rating - INITIAL_RATING) / SCALE, weight)
        information += weight**2 * expected * (1 - expected)  # step 3
        surprise += weight * (score - expected)  # step 4
    variance = 1 / information
    volatility = _volatility(phi, player.volatility, variance, variance * surprise)
    widened = phi**2 + volatility**2  # step 6
    phi = 1 / math.sqrt(1 / widened + 1 / variance)  # step 7
    mu += phi**2 * surprise
    return Strength(INITIAL_RATING + SCALE * mu, SCALE * phi, volatility)


def _weight(phi: float) -> float:
    """Return g of step 3: the weight of a result against a player of this deviation."""
    return 1 / math.sqrt(1 + 3 * phi**2 / math.pi**2)


def _expected(mu: float, opponent_mu: float, weight: float) -> float:
    """Return E of step 3: the expected score."""
    return 1 / (1 + math.exp(-weight * (mu - opponent_mu)))


def _volatility(phi: float, volatility: float, variance: float, delta: float) -> float:
    """Return the new volatility of step 5, by the Illinois algorithm."""
    a = math.log(volatility**2)

    def f(x: float) -> float:
        grown = phi**2 + variance + math.exp(x)
        return (
            math.exp(x) * (delta**2 - grown) / (2 * grown**2)
            - (x - a) / VOLATILITY_CONSTRAINT**2
        )

    excess = delta**2 - phi**2 - variance
    # B of step 5.2. Where the square of delta is not the greater one, f is positive already at the
    # first k, as VOLATILITY_CONSTRAINT is below 2.
    low, high = a, math.log(excess) if excess > 0 else a - VOLATILITY_CONSTRAINT
    at_low, at_high = f(low), f(high)
    while abs(high - low) > CONVERGENCE_TOLERANCE:
        middle = low + (low - high) * at_low / (at_high - at_low)
        at_middle = f(middle)
        if at_middle * at_high <= 0:
            low, at_low = high, at_high
        else:
            at_low /= 2
        high, at_high = middle, at_middle
    return math.exp(low / 2)
