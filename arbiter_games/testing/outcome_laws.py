"""The laws of an outcome: a winner or nobody, a reason, and what it says of each seat."""

from math import isfinite
from typing import Any

from arbiter_games import results
from arbiter_games.contract import SERVER_REASONS, Outcome
from arbiter_games.testing.broken_law import BrokenLaw, require
from arbiter_games.testing.json_values import EXACT, is_exact

LAW = "an outcome is a winner, or None, and a reason"


def require_outcome(outcome: Any, players: int) -> Outcome:
    """Return an outcome, which has a seat or nobody as the winner, and a reason of the game's."""
    if not isinstance(outcome, Outcome):
        raise BrokenLaw(LAW, f"outcome returned {outcome!r}")
    winner, reason = outcome.winner, outcome.reason
    require(winner is None or winner in range(players), LAW, f"the winner is {winner!r}")
    require(isinstance(reason, str) and reason, LAW, f"the reason is {reason!r}")
    require(reason not in SERVER_REASONS, LAW, f"{reason!r} is a reason that only servers give")
    _require_standing(outcome, players)
    return outcome


def _require_standing(outcome: Outcome, players: int) -> None:
    """Require a place, a score and a team of each seat, where there are any, and a first winner."""
    law = "an outcome has a place, score or team of each seat"
    for name, kinds in (("places", (int,)), ("scores", (int, float)), ("teams", (int,))):
        given = getattr(outcome, name)
        require(
            given is None or isinstance(given, list | tuple) and len(given) == players
            and all(type(each) in kinds and isfinite(each) for each in given),
            law, f"its {name} are {given!r}, for {players} players",
        )
    require(all(map(is_exact, outcome.scores or ())), EXACT, f"its scores are {outcome.scores!r}")
    places = outcome.places or ()
    require(not places or min(places) == 1, law, f"its places are {places!r}, and not from 1")
    law, standing = "who wins is first, alone or with a team", results.places(outcome, players)
    first = [seat for seat, place in enumerate(standing) if place == 1]
    teams = outcome.teams or range(players)
    together = len({teams[seat] for seat in first}) == 1
    require(
        (outcome.winner in first) if together else outcome.winner is None,
        law, f"the winner is {outcome.winner!r}, and first are {first}",
    )
