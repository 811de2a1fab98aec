"""The errors that callers of the session service can cause."""

from collections.abc import Mapping

from extensions.errors import ServiceError
from extensions.pagination import UnknownCursor


class GameNotFound(ServiceError):
    """No game of this name is installed."""


class InvalidOptions(ServiceError):
    """The game can't be played with these options, or with so many seats."""


class SessionNotFound(ServiceError):
    """No session has this id."""


class NotAPlayer(ServiceError):
    """Only a player of the session may do this."""


class NotAMember(ServiceError):
    """The connection is not connected to the session."""


class SessionEnded(ServiceError):
    """The session has ended."""


class InvalidCommand(ServiceError):
    """There is no command of this type or form."""


class StaleVersion(ServiceError):
    """The command was made on a position that is no longer the present one."""


class NotYourTurn(ServiceError):
    """The player is not to move."""


class IllegalMove(ServiceError):
    """The rules of the game do not allow the move."""


class SessionActive(ServiceError):
    """The session is still being played."""


class NoDrawOffered(ServiceError):
    """There is no offer of a draw that the player could accept or decline."""


class NoTakebackOffered(ServiceError):
    """There is no offer to take back a move that the player could accept or decline."""


class CannotTakeBack(ServiceError):
    """No move may be taken back: by the options, by the game, or as there is none."""


class CannotAbort(ServiceError):
    """The session can't be aborted any more: all players have moved."""


class CannotClaim(ServiceError):
    """There is nothing that the player may claim."""


class CannotRematch(ServiceError):
    """An opponent is no longer connected."""


class TooManySessions(ServiceError):
    """The player is in as many active sessions as one may be."""


class GameFailed(ServiceError):
    """The game's code has broken a limit of the server's: nothing was done."""


class GameSuspended(ServiceError):
    """The game's code has failed here; `retry_after` has the seconds until it is tried again."""


class RulesUnavailable(ServiceError):
    """The rules that the session began with are not installed: it waits for them, and so does time.
    """


GAME_ERRORS = (GameFailed, GameSuspended, RulesUnavailable)
OPTIONS_REFUSALS = (*GAME_ERRORS, GameNotFound, InvalidOptions)
CREATE_REFUSALS = (*GAME_ERRORS, GameNotFound, SessionNotFound)
LIST_REFUSALS = (GameNotFound, UnknownCursor)
VIEW_REFUSALS = (*GAME_ERRORS, SessionNotFound)
EXPORT_REFUSALS = (*VIEW_REFUSALS, SessionActive)
REMATCH_REFUSALS = (
    *VIEW_REFUSALS, NotAPlayer, SessionActive, CannotRematch, TooManySessions
)
COMMAND_REFUSALS = (
    *GAME_ERRORS,
    SessionNotFound, NotAPlayer, SessionEnded, InvalidCommand, StaleVersion, NotYourTurn,
    IllegalMove, NoDrawOffered, NoTakebackOffered, CannotTakeBack, CannotAbort, CannotClaim,
)


def require_vacancy(login: str, full: Mapping[str, int]) -> None:
    """Raise TooManySessions if the player is among those who are full, and by how many sessions."""
    if login in full:
        raise TooManySessions.of(
            f"{login} is in {full[login]} active sessions, which is as many as one may be in: end"
            " one first", most=full[login],
        )
