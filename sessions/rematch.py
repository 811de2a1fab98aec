"""Playing again: who has asked for it, and what follows. Pure decisions on an ended match."""

from collections.abc import Container
from dataclasses import dataclass

from sessions import exceptions
from sessions.match import ENDED, Match


@dataclass(frozen=True)
class RematchRequest:
    """What a request has done: whether it is `new`, and whether everybody has asked now."""

    new: bool
    complete: bool


def ask(match: Match, login: str, present: Container[str | None]) -> RematchRequest:
    """Note that the player asks to play again; asking twice changes nothing.

    `present` are the connected players. Raises NotAPlayer, SessionActive or CannotRematch.
    """
    if login not in match.players:
        raise exceptions.NotAPlayer.of(
            f"{login} is no player of the session {match.session_id}", session_id=match.session_id
        )
    if match.status != ENDED:
        raise exceptions.SessionActive.of(
            f"The session {match.session_id} is still being played", session_id=match.session_id
        )
    if match.rematch_session_id is not None:
        return RematchRequest(new=False, complete=False)
    _require_opponents(match, login, present)
    if login in match.rematch_requests:
        return RematchRequest(new=False, complete=False)
    match.rematch_requests = [*match.rematch_requests, login]
    complete = len(match.rematch_requests) == len(match.players)
    return RematchRequest(new=True, complete=complete)


def withdraw(match: Match) -> bool:
    """Withdraw the requests because a player has left; return whether there were any.

    With days for each move, when nobody is watched, they stand.
    """
    if not match.rematch_requests or match.rematch_session_id is not None or match.has_days:
        return False
    match.rematch_requests = []
    return True


def players(match: Match) -> list[str]:
    """Return the players of the rematch in the order of moving: the first one now moves last."""
    return [*match.players[1:], match.players[0]]


def _require_opponents(match: Match, login: str, present: Container[str | None]) -> None:
    if match.has_days:
        return
    absent = [other for other in match.players if other != login and other not in present]
    if absent:
        raise exceptions.CannotRematch.of(
            f"{absent[0]} is no longer connected to the session {match.session_id}",
            login=absent[0],
        )
