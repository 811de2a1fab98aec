"""A game under watch: whatever it is asked, it may not change what it is given."""

import json
from typing import Any

from arbiter_games.contract import Game, IllegalMove, Outcome
from arbiter_games.testing.failure import BrokenLaw, brief
from arbiter_games.testing.values import difference, through_json

LONGEST_MESSAGE = 500


class Watched:
    """Asks a game, and gives back what it answers as it is once it has been stored as JSON."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self.name = game.name
        self.secrets = game.secrets

    def setup(self, players: int, options: dict[str, Any], rng: Any) -> Any:
        return self._json("setup", players, options, rng)

    def to_move(self, state: Any) -> list[int]:
        return self._json("to_move", state)

    def legal_moves(self, state: Any, player: int) -> list[Any]:
        return self._json("legal_moves", state, player)

    def apply(self, state: Any, player: int, move: Any) -> Any:
        """Return the next state. Raises IllegalMove as the game does, and BrokenLaw."""
        return self._json("apply", state, player, move)

    def outcome(self, state: Any) -> Outcome | None:
        return self._call("outcome", state)

    def view(self, state: Any, player: int | None) -> Any:
        return self._json("view", state, player)

    def reveal(self, state: Any) -> Any:
        return self._json("reveal", state)

    def for_history(self, state: Any) -> Any:
        return self._json("for_history", state)

    def shown_move(self, move: Any, player: int, viewer: int | None, state: Any) -> Any:
        return self._json("shown_move", move, player, viewer, state)

    def can_win(self, state: Any, player: int) -> bool:
        return self._json("can_win", state, player)

    def claims(self, state: Any, player: int) -> list[str]:
        return self._json("claims", state, player)

    def export(self, record: Any) -> tuple[str, str]:
        return self._call("export", record)

    def refusal(self, state: Any, player: int, move: Any) -> str | None:
        """Return the sentence with which a move is refused; None where it is accepted."""
        try:
            self.apply(state, player, move)
        except IllegalMove as error:
            _require_sentence(str(error))
            return str(error)
        return None

    def _json(self, method: str, *arguments: Any) -> Any:
        answer = self._call(method, *arguments)
        try:
            return through_json(answer)
        except (TypeError, ValueError, RecursionError) as error:
            raise BrokenLaw(
                "states, moves and views survive JSON",
                f"{method} returned {brief(answer)}: {error}",
            ) from None

    def _call(self, method: str, *arguments: Any) -> Any:
        before = _text(method, arguments)
        try:
            return getattr(self._game, method)(*arguments)
        except Exception as error:
            if method == "apply" and isinstance(error, IllegalMove):
                raise
            raise _raised(method, before, error) from error
        finally:
            _require_unchanged(method, before, _text(method, arguments))


def _raised(method: str, given: str, error: Exception) -> BrokenLaw:
    nothing_but = " but IllegalMove" if method == "apply" else ""
    return BrokenLaw(
        f"{method} raises nothing{nothing_but}",
        f"{method} was given {given:.300} and raised {type(error).__name__}: {error}",
    )


def _require_unchanged(method: str, before: str, after: str) -> None:
    if before != after:
        changed = difference(json.loads(before), json.loads(after))
        raise BrokenLaw(
            f"{method} never changes its argument",
            f"{method} has changed what it was given, at {changed}",
        )


def _text(method: str, arguments: tuple[Any, ...]) -> str:
    """Return what a method is given, but for the chance that it may use up."""
    return json.dumps(arguments[:2] if method == "setup" else arguments, default=repr)


def _require_sentence(message: str) -> None:
    printable = message.isprintable() and message.strip()
    if not printable or len(message) > LONGEST_MESSAGE:
        raise BrokenLaw(
            "a refusal is a sentence that can be shown",
            f"IllegalMove said {message[:LONGEST_MESSAGE]!r}",
        )
