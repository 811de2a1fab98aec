"""What is stored of a match beside its state: the one JSON column `progress`. No I/O."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, NotRequired, TypedDict

from sessions.clocks import StoredClocks
from sessions.match import Match


class Rematch(TypedDict, total=False):
    """The players who have asked to play again, and the session that has come of it."""

    asked: list[str]
    session_id: str


class Progress(TypedDict):
    """The column as JSON. Its keys are part of the stored format.

    Deadlines and versions are by login. `offer` has login and version by turns, of who offers or
    agrees to a draw. `takeback` begins with the version of the last takeback; then come login and
    version of each offer, which have an order. `former_rules` are pairs of a last version and the
    version of the rules until then.
    """

    moved: dict[str, int]
    coming: dict[str, float]
    first_moves: dict[str, float]
    leaving: dict[str, float]
    offer: list[Any] | None
    clocks: StoredClocks | None
    rematch: Rematch
    former_rules: NotRequired[Sequence[Sequence[int]]]
    takeback: NotRequired[Sequence[Any]]
    left: NotRequired[dict[str, int]]


def progress_of(match: Match) -> Progress:
    """Return what is stored of a match beside its state."""
    rematch: Rematch = {}
    if match.rematch_requests:
        rematch["asked"] = match.rematch_requests
    if match.rematch_session_id is not None:
        rematch["session_id"] = match.rematch_session_id
    progress: Progress = {
        "moved": match.last_move_version,
        "coming": match.join_deadlines,
        "first_moves": match.first_move_deadlines,
        "leaving": match.grace_deadlines,
        "offer": list(chain.from_iterable(match.draw_offers.items())) or None,
        "clocks": match.clocks.to_stored() if match.clocks else None,
        "rematch": rematch,
    }
    if match.former:
        progress["former_rules"] = [(last, game.version) for last, game in match.former]
    if match.takeback_offers or match.takeback_version:
        progress["takeback"] = [match.takeback_version, *match.takeback_offers.items()]
    if match.left:
        progress["left"] = match.left
    return progress
