"""A game within its limits: whatever runs of its code is known while it runs, and can be ended.

`game_watch` is what ends it. No greenthread is left while a game's code runs, and so at most one
game's code runs in a process at a time.
"""

from abc import ABCMeta
from collections.abc import Callable
from typing import Any, TypeVar, cast

from arbiter_games.contract import Game
from extensions import json_codec
from extensions.errors import ServiceError
from sessions.exceptions import GameFailed, GameSuspended
from sessions.suspensions import Suspensions

Result = TypeVar("Result")

FUNCTIONS = (
    "setup", "to_move", "legal_moves", "apply", "outcome", "view", "reveal", "shown_move",
    "notation", "for_history", "leave", "is_out", "can_win", "claims", "export", "upgrade",
)
ATTRIBUTES = (
    "name", "title", "version", "min_players", "max_players", "secrets", "chance", "takebacks",
    "Options",
    "Moves",
)

# The game whose code runs now. A global, because several times a move it is set and set back.
running: "LimitedGame | None" = None


# Called with the game's name and the session's id before its code runs, where that is noted; it is
# set before the first class is made.
note: Callable[[str, str], None] | None = None


class BrokenLimit(BaseException):
    """Raised in the code of a game that breaks a limit. No Exception, which it might catch."""


class LimitedGame(Game):
    """A game as one session plays it, from when the session is loaded until it is stored.

    Each function of the game that breaks a limit raises GameFailed; what it was called for may be
    half done then. `ticks` counts the checks of the watch that have found the game running. Where
    there is a `suspension`, each function raises it.
    """

    suspensions: Suspensions
    suspension: ServiceError | None = None
    ticks = 0

    def __init__(self, session_id: str) -> None:
        self._session_id = session_id

    def run(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Call what runs the game's code beside its functions; raises GameFailed as they do."""
        if self.suspension is not None:
            raise self.suspension
        result: Result = _limited(function)(self, *arguments)
        return result

    def fail(self, limit: BrokenLimit) -> GameFailed:
        """Suspend the session for a while, and return the error for it."""
        self.suspensions.add(self.name, self._session_id)
        return GameFailed.of(f"The game {self.name} {limit}", game=self.name)


def limited_class(game: Game, suspensions: Suspensions) -> type[LimitedGame]:
    """Return the class of a game within its limits.

    It is made once a game, with as little as possible between a session and its rules: a move calls
    about ten functions.
    """
    functions = {name: _limited(getattr(game, name)) for name in FUNCTIONS}
    return _class_of(game, functions, suspensions=suspensions)


def suspended(game: Game, seconds: float) -> LimitedGame:
    """Return a game that has failed and is not tried again yet: its functions raise that."""
    suspension = GameSuspended.of(
        f"The game {game.name} has failed here, and is tried again in {seconds:.0f} s",
        game=game.name, retry_after=round(seconds, 1),
    )

    return refusing(game, suspension)


def refusing(game: Game, refusal: ServiceError) -> LimitedGame:
    """Return a game whose functions all raise this."""

    def refuse(*_: Any) -> None:
        raise refusal

    return _class_of(game, dict.fromkeys(FUNCTIONS, refuse), suspension=refusal)("")


def suspension_of(game: Game) -> ServiceError | None:
    """Return the error by which all is refused that needs the game's code, if it is suspended."""
    return game.suspension if isinstance(game, LimitedGame) else None


def renew(game: Game) -> None:
    """Give the game's code all of its time again, after others have had their turn."""
    if isinstance(game, LimitedGame):
        game.ticks = 0


def too_large(game: Game) -> GameFailed:
    """Suspend the session of a game whose state or events are too large; return the error."""
    assert isinstance(game, LimitedGame)
    most = f"{json_codec.MAX_STORED_BYTES // 1024 ** 2} MiB"
    return game.fail(BrokenLimit(f"has made a position or events of more than {most}"))


def _limited(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: LimitedGame, *arguments: Any) -> Any:
        global running
        try:
            running = self
            return function(*arguments)
        except BrokenLimit as limit:
            running = None
            raise self.fail(limit) from limit
        finally:
            running = None

    return call if note is None else _noted(note, call)


def _noted(note: Callable[[str, str], None], function: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: LimitedGame, *arguments: Any) -> Any:
        note(self.name, self._session_id)
        return function(self, *arguments)

    return call


def _class_of(game: Game, functions: dict[str, Any], **attributes: Any) -> type[LimitedGame]:
    own = {name: getattr(game, name) for name in ATTRIBUTES}
    members = {**own, **functions, **attributes}
    return cast(type[LimitedGame], ABCMeta("LimitedGame", (LimitedGame,), members))
