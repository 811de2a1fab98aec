"""How a game ended for each of its players, as servers tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NotRequired, TypedDict

from arbiter_games.contract import Outcome


class Score(TypedDict):
    """How a game ended: who won, why, and the points by player; none if it does not count.

    `places` count from 1, equal ones are shared. They are there for more than two players, and
    where the game gives them; `scores` and `teams` where the game gives them.
    """

    winner: str | None
    reason: str
    by_player: dict[str, float]
    places: NotRequired[dict[str, int]]
    scores: NotRequired[dict[str, float]]
    teams: NotRequired[dict[str, int]]


def of_outcome(players: list[str], outcome: Outcome) -> Score:
    """Return the score of a game that ended so, by the names of its players."""
    standing = places(outcome, len(players))
    for_first = 0.5 if outcome.winner is None else 1
    score: Score = {
        "winner": None if outcome.winner is None else players[outcome.winner],
        "reason": outcome.reason,
        "by_player": {
            login: for_first if place == 1 else 0
            for login, place in zip(players, standing, strict=True)
        },
    }
    if len(players) > 2 or outcome.places is not None or outcome.scores is not None:
        score["places"] = dict(zip(players, standing, strict=True))
    if outcome.scores is not None:
        score["scores"] = dict(zip(players, outcome.scores, strict=True))
    if outcome.teams is not None:
        score["teams"] = dict(zip(players, outcome.teams, strict=True))
    return score


def behind(outcome: Outcome, left: Mapping[int, int], players: int) -> Outcome:
    """Return an outcome with who has left behind who has not, and the last to leave before others.

    `left` has the version of the session by seat. With teams, the places are the game's alone.
    """
    if not left or outcome.teams is not None:
        return outcome
    standing = places(outcome, players)
    order = [
        (seat in left, -left[seat] if seat in left else standing[seat]) for seat in range(players)
    ]
    ranked = [1 + sum(other < each for other in order) for each in order]
    winner = ranked.index(1) if ranked.count(1) == 1 else None
    return replace(outcome, winner=winner, places=ranked)


def uncounted(reason: str) -> Score:
    """Return the score of a game that does not count."""
    return {"winner": None, "reason": reason, "by_player": {}}


def places(outcome: Outcome, players: int) -> list[int]:
    """Return the place of each seat: one more than how many are before it."""
    order: Sequence[float]
    if outcome.places is not None:
        order = outcome.places
    elif outcome.scores is not None:
        order = [-score for score in outcome.scores]
    else:
        order = [outcome.winner not in (None, seat) for seat in range(players)]
    return [1 + sum(other < each for other in order) for each in order]
