"""A game whose every call is checked: what it is given, what it returns, what it raises."""

import json
import marshal
import time
from collections.abc import Callable
from random import Random
from typing import Any, ParamSpec, TypeVar

from arbiter_games.contract import Game, IllegalMove, Leaving, Move, Outcome, Record, State
from arbiter_games.testing.broken_law import BrokenLaw, brief, require
from arbiter_games.testing.json_values import EXACT, Inexact, difference, through_json
from arbiter_games.testing.move_schema import schema_of_moves
from arbiter_games.testing.time_limit import LAW as TIME_LIMIT
from arbiter_games.testing.time_limit import Pace, TookTooLong, time_limit

MAX_MESSAGE_CHARS = 500
UNSHARED = 2  # the version of marshal that writes equal values alike

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class CheckedGame:
    """Calls a game's methods, and returns what they return as it comes back from storage as JSON.

    Raises BrokenLaw where a method changes its argument, raises an error that it must not, or
    returns what JSON can't hold.
    """

    def __init__(self, game: Game) -> None:
        self._game, self._pace = game, Pace()
        self.name = game.name
        self.secrets = game.secrets
        self.takebacks = game.takebacks
        self.move_schema = schema_of_moves(game)

    def setup(self, players: int, options: dict[str, Any], rng: Random) -> State:
        return self._json(self._game.setup, players, options, rng)

    def to_move(self, state: State) -> list[int]:
        return self._json(self._game.to_move, state)

    def legal_moves(self, state: State, player: int) -> list[Move]:
        return self._json(self._game.legal_moves, state, player)

    def apply(self, state: State, player: int, move: Move) -> State:
        """Return the next state. Raises IllegalMove as the game does, and BrokenLaw."""
        return self._json(self._game.apply, state, player, move)

    def outcome(self, state: State) -> Outcome | None:
        return self._call(self._game.outcome, state)

    def view(self, state: State, player: int | None) -> State:
        return self._json(self._game.view, state, player)

    def reveal(self, state: State) -> State:
        return self._json(self._game.reveal, state)

    def for_history(self, state: State) -> State:
        return self._json(self._game.for_history, state)

    def shown_move(
        self, move: Move, player: int, viewer: int | None, state: State
    ) -> Move | None:
        return self._json(self._game.shown_move, move, player, viewer, state)

    @property
    def chance_seed(self) -> int | None:
        """The seed of the chance of moves, which are drawn by the numbers before them."""
        return getattr(self._game, "chance_seed", None)

    @property
    def has_notation(self) -> bool:
        """Whether the game writes moves otherwise than they are."""
        return type(self._game).notation is not Game.notation

    def notation(self, state: State, player: int, move: Move) -> str | None:
        return self._json(self._game.notation, state, player, move)

    @property
    def determinizes(self) -> bool:
        """Whether the game offers states that fit a view."""
        return type(self._game).determinize is not Game.determinize

    def determinize(self, view: State, seat: int, rng: Random) -> State | None:
        return self._json(self._game.determinize, view, seat, rng)

    def upgrade(self, state: State, from_version: int) -> State | None:
        return self._json(self._game.upgrade, state, from_version)

    def leave(self, state: State, seat: int) -> State | Leaving:
        left = self._call(self._game.leave, state, seat)
        return left if isinstance(left, Leaving) else self._stored("leave", left)

    def is_out(self, state: State, seat: int) -> bool:
        return self._json(self._game.is_out, state, seat)

    def can_win(self, state: State, player: int) -> bool:
        return self._json(self._game.can_win, state, player)

    def claims(self, state: State, player: int) -> list[str]:
        return self._json(self._game.claims, state, player)

    def export(self, record: Record) -> tuple[str, str]:
        return self._call(self._game.export, record)

    def refusal(self, state: State, player: int, move: Move) -> str | None:
        """Return the sentence with which a move is refused; None where it is accepted."""
        try:
            self.apply(state, player, move)
        except IllegalMove as error:
            _require_sentence(str(error))
            return str(error)
        return None

    def _json(
        self, method: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs
    ) -> Answer:
        return self._stored(method.__name__, self._call(method, *given, **named))

    def _stored(self, name: str, answer: Answer) -> Answer:
        try:
            stored: Answer = through_json(answer)
        except Inexact as error:
            raise BrokenLaw(EXACT, f"{name} returned {brief(answer)}: {error}") from None
        except (TypeError, ValueError, RecursionError) as error:
            raise BrokenLaw(
                "states, moves and views survive JSON",
                f"{name} returned {brief(answer)}: {error}",
            ) from None
        return stored

    def _call(
        self, method: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs
    ) -> Answer:
        name = method.__name__
        before, began = _content(name, given), time.thread_time()
        try:
            with time_limit():
                answer = method(*given, **named)
            self._pace.count(time.thread_time() - began)
            return answer
        except TookTooLong:
            raise BrokenLaw(TIME_LIMIT, f"{name} was given {_text(before)} and ran on") from None
        except BrokenLaw:  # of a law that the arguments themselves keep
            raise
        except Exception as error:
            if name == "apply" and isinstance(error, IllegalMove):
                raise
            raise _raised(name, before, error) from error
        finally:
            _require_unchanged(name, before, _content(name, given))


def _raised(method: str, given: bytes, error: Exception) -> BrokenLaw:
    nothing_but = " but IllegalMove" if method == "apply" else ""
    return BrokenLaw(
        f"{method} raises nothing{nothing_but}",
        f"{method} was given {_text(given)} and raised {type(error).__name__}: {error}",
    )


def _require_unchanged(method: str, before: bytes, after: bytes) -> None:
    if before != after:
        changed = difference(_given(before), _given(after))
        raise BrokenLaw(
            f"{method} never changes its argument",
            f"{method} has changed what it was given, at {changed}",
        )


def _content(method: str, given: tuple[Any, ...]) -> bytes:
    """Return the arguments of a call, without the random generator, whose state may change."""
    compared = given[:2] if method == "setup" else given
    try:
        return marshal.dumps(compared, UNSHARED)  # which is far quicker than JSON
    except ValueError:  # there is more than JSON values among them
        return marshal.dumps(json.loads(json.dumps(compared, default=repr)), UNSHARED)


def _given(content: bytes) -> list[Any]:
    return list(marshal.loads(content))  # nosec B302 # our own


def _text(content: bytes) -> str:
    return brief(_given(content))


def _require_sentence(message: str) -> None:
    printable = message.isprintable() and message.strip()
    require(
        printable and len(message) <= MAX_MESSAGE_CHARS,
        "a refusal is a sentence that can be shown",
        f"IllegalMove said {message[:MAX_MESSAGE_CHARS]!r}",
    )
