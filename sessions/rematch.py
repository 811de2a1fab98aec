"""Playing again: who has asked, and what follows. Pure decisions on a match that has ended."""

from collections.abc import Container
from dataclasses import dataclass

from sessions import exceptions
from sessions.match import ENDED, Match


@dataclass(frozen=True)
class Asked:
    """What asking has done: whether it is `new`, and whether everybody has asked now."""

    new: bool
    ready: bool


def ask(match: Match, login: str, present: Container[str | None]) -> Asked:
    """Note that the player asks to play again. Asking twice changes nothing.

    Raises NotAPlayer, SessionActive or CannotRematch.
    """
    if login not in match.players:
        raise exceptions.NotAPlayer.of(
            f"{login} is no player of the session {match.session_id}", session_id=match.session_id
        )
    if match.status != ENDED:
        raise exceptions.SessionActive.of(
            f"The session {match.session_id} is still being played", session_id=match.session_id
        )
    if match.rematch.get("session_id"):
        return Asked(new=False, ready=False)
    _require_others(match, login, present)
    asked = match.rematch.get("asked", [])
    if login in asked:
        return Asked(new=False, ready=False)
    match.rematch = {"asked": [*asked, login]}
    return Asked(new=True, ready=len(asked) + 1 == len(match.players))


def lapse(match: Match) -> bool:
    """Drop a request for a rematch because a player has left; False where there was none."""
    if not match.rematch.get("asked") or match.rematch.get("session_id"):
        return False
    match.rematch = {}
    return True


def answer(match: Match) -> dict[str, str]:
    """What whoever asks is answered."""
    created = match.rematch.get("session_id")
    if created is None:
        return {"status": "asked"}
    return {"status": "created", "session_id": created}


def players(match: Match) -> list[str]:
    """The order of moving in the rematch: who moved first moves last."""
    return [*match.players[1:], match.players[0]]


def _require_others(match: Match, login: str, present: Container[str | None]) -> None:
    gone = [other for other in match.players if other != login and other not in present]
    if gone:
        raise exceptions.CannotRematch.of(
            f"{gone[0]} is no longer connected to the session {match.session_id}", login=gone[0]
        )
