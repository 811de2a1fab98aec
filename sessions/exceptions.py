"""The errors that callers of the session service can cause."""

from extensions.errors import ServiceError


class GameNotFound(ServiceError):
    """No game of this name is installed."""


class InvalidOptions(ServiceError):
    """The options or the seats are none that this game is played with."""


class SessionNotFound(ServiceError):
    """No session has this id."""


class NotAPlayer(ServiceError):
    """Only a player of the session may do this."""


class NotAMember(ServiceError):
    """The connection is not connected to the session."""


class SessionEnded(ServiceError):
    """The session has ended, and nothing can be done in it any more."""


class InvalidCommand(ServiceError):
    """The command is of a type or a form that there is not."""


class StaleVersion(ServiceError):
    """The command was made on a position that is not the present one."""


class NotYourTurn(ServiceError):
    """Somebody else is to move."""


class IllegalMove(ServiceError):
    """The rules of the game do not allow the move."""


class SessionActive(ServiceError):
    """The session is still being played."""


class NoDrawOffered(ServiceError):
    """No draw has been offered that the player could accept or decline."""


class CannotAbort(ServiceError):
    """The session has gone too far to be aborted."""


class CannotClaim(ServiceError):
    """There is nothing that the player could claim."""


class CannotRematch(ServiceError):
    """The opponent is no longer there to play again."""


# What a command may be refused with.
COMMAND_REFUSALS = (
    SessionNotFound, NotAPlayer, SessionEnded, InvalidCommand, StaleVersion, NotYourTurn,
    IllegalMove, NoDrawOffered, CannotAbort, CannotClaim,
)
REMATCH_REFUSALS = (SessionNotFound, NotAPlayer, SessionActive, CannotRematch)
