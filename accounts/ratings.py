"""Ratings: how strong a player is now, and how a result moves the ratings of its players.

There is a rating for each player, game and speed. A player without one is as strong as any
newcomer. So is, as an opponent, a player whose account has been deleted: the game counts for the
other one, whether the account was deleted before the result was counted or after.

Games of two are rated by Glicko-2, and games for more by Plackett-Luce, on one scale.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from accounts import storage
from accounts.glicko2 import Strength, after_idling, rate
from accounts.models import Rating
from accounts.plackett_luce import rate_sides
from accounts.session_results import Result
from extensions.fault_points import Point, after

# Above it a rating is little more than a guess.
PROVISIONAL_DEVIATION = 110.0


@after(Point.BEFORE_COMMIT)
def count(session: Session, result: Result, now: float) -> None:
    """Move the ratings of a rated game's players, by what they were before it.

    A session counts once, however often its result is delivered.
    """
    present = storage.lock_players(session, list(result.scores))
    if not present or storage.was_counted(session, result.session_id):
        return
    storage.add_counted(session, result.session_id, now)
    ratings = storage.ratings(session, result.game, result.speed, present)
    before = {login: Strength() for login in result.players} | {
        login: strength(rating, result.ended_at) for login, rating in ratings.items()
    }
    rated = (_rate_two if len(before) == 2 else _rate_many)(result, before)
    for login, rating in ratings.items():
        rating.update(rated[login], result.scores[login], result.ended_at)
        place, players = None, None
        if len(before) > 2:
            place, players = result.result.places[login], len(before)
            rating.add_place(place)
        storage.add_rating_change(
            session, rating, result.session_id, result.ended_at, place, players
        )


def _rate_two(result: Result, before: dict[str, Strength]) -> dict[str, Strength]:
    one, other = before
    return {
        one: rate(before[one], [(before[other], result.scores[one])]),
        other: rate(before[other], [(before[one], result.scores[other])]),
    }


def _rate_many(result: Result, before: dict[str, Strength]) -> dict[str, Strength]:
    """Return the strengths after a game for more than two; a team has its best player's place."""
    sides = result.sides
    places = [min(result.result.places[login] for login in side) for side in sides]
    rated = rate_sides([[before[login] for login in side] for side in sides], places)
    return {
        login: after
        for side, strengths in zip(sides, rated, strict=True)
        for login, after in zip(side, strengths, strict=True)
    }


def strength(rating: Rating, now: float) -> Strength:
    """Return how strong a player is now, after the time since the last rated game."""
    known = Strength(rating.rating, rating.deviation, rating.volatility)
    return known if rating.rated_at is None else after_idling(known, now - rating.rated_at)


def most_played(ratings: Iterable[Rating]) -> Rating | None:
    """Return the rating at a game that says most of a player: of several speeds, the usual one."""
    return max(ratings, key=lambda each: (each.games, each.rated_at or 0.0), default=None)
