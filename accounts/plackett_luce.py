"""Ratings of games for more than two players or sides: Plackett-Luce, by the library openskill.

Weng and Lin, "A Bayesian Approximation Method for Online Ranking", JMLR 12 (2011), algorithm 4. A
newcomer's strength is that of Glicko-2, 1500 and 350, so that leaderboards read alike: one of the
library's points is 42 of these, and all else, such as how much a deviation grows with each game, is
as the library has it. The volatility, which is Glicko-2's alone, stays as it is. No I/O.
"""

from collections.abc import Sequence

from openskill.models import PlackettLuce, PlackettLuceRating

from accounts.glicko2 import INITIAL_DEVIATION, INITIAL_RATING, Strength

MODEL = PlackettLuce()
SCALE = INITIAL_DEVIATION / MODEL.sigma  # points in one of the library's


def rate_sides(
    sides: Sequence[Sequence[Strength]], places: Sequence[int], model: PlackettLuce = MODEL
) -> list[list[Strength]]:
    """Return the strengths of the players of each side after a game in which it took its place.

    Places count from 1, and equal ones are a tie.
    """
    rated = model.rate([[_rating(each) for each in side] for side in sides], [*map(float, places)])
    return [
        [_strength(*both) for both in zip(side, after, strict=True)]
        for side, after in zip(sides, rated, strict=True)
    ]


def _rating(player: Strength) -> PlackettLuceRating:
    mu = MODEL.mu + (player.rating - INITIAL_RATING) / SCALE
    return PlackettLuceRating(mu, player.deviation / SCALE)


def _strength(before: Strength, after: PlackettLuceRating) -> Strength:
    rating = INITIAL_RATING + SCALE * (after.mu - MODEL.mu)
    return Strength(rating, SCALE * after.sigma, before.volatility)
