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

    It is complete once all have asked who are needed. `present` are the connected players. Raises
    NotAPlayer, SessionActive or CannotRematch.
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
    needed = [each for each in _needed(match, present) if each != login]
    _require_present(match, needed, present)
    if login in match.rematch_requests:
        return RematchRequest(new=False, complete=False)
    match.rematch_requests = [*match.rematch_requests, login]
    complete = all(each in match.rematch_requests for each in needed)
    return RematchRequest(new=True, complete=complete)


def withdraw(match: Match, login: str, present: Container[str | None]) -> bool:
    """Withdraw the requests because a player has left; return whether there were any.

    They stand where others can still complete them, as the player has not asked and is not needed.
    With days for each move, when nobody is watched, they always stand.
    """
    asked = match.rematch_requests
    if not asked or match.rematch_session_id is not None or match.has_days:
        return False
    awaited = [each for each in _needed(match, present) if each not in asked]
    if login not in asked and awaited and all(each in present for each in [*asked, *awaited]):
        return False
    match.rematch_requests = []
    return True


def players(match: Match) -> list[str]:
    """Return who plays the rematch, in the order of moving: the first one now moves last."""
    order = [*match.players[1:], match.players[0]]
    return [login for login in order if login in match.rematch_requests]


def _needed(match: Match, present: Container[str | None]) -> list[str]:
    """Return without whom there is no rematch: of many, not who was out and is gone.

    With days for each move, when nobody is watched, not who has left. All are needed where the game
    is not for as few as remain, and where it went on from a position of another one.
    """
    if match.has_days:
        staying = [login for login in match.players if login not in match.left]
    else:
        staying = [
            login for login in match.players if login in present or not match.is_out(login)
        ]
    is_playable = len(staying) >= match.game.min_players and "from" not in match.options
    return staying if is_playable else match.players


def _require_present(
    match: Match, needed: list[str], present: Container[str | None]
) -> None:
    absent = [login for login in needed if login not in present]
    if absent and not match.has_days:
        raise exceptions.CannotRematch.of(
            f"{absent[0]} is no longer connected to the session {match.session_id}",
            login=absent[0],
        )
