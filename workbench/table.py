"""One game under way as its author sees it: every move can be taken back, any state loaded."""

import json
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any

from pydantic import ValidationError

from arbiter_games import results
from arbiter_games.contract import (
    Game,
    IllegalMove,
    Leaving,
    Move,
    Outcome,
    State,
    chance_of,
    make_move,
)
from arbiter_games.options import with_defaults
from bots.engines.levels import budget
from bots.engines.move_choice import search
from bots.engines.seen import HAS_LEFT, Seen
from tools.errors import ToolError

RANDOM = "random"


@dataclass
class Script:
    """What leads to a position: the setup, or a state in its place, and the moves since."""

    players: int
    options: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    loaded: State = None
    moves: list[tuple[int, Move]] = field(default_factory=list)  # null: the seat's player left


class Table:
    """A game played from a script, as far as the rules accept its moves."""

    def __init__(self, game: Game, script: Script) -> None:
        self.game = game
        self.script = Script(script.players, script.options, script.seed, script.loaded)
        self.options = complete_options(game, script.options)
        self.states = [self._first()]
        self.left: dict[int, int] = {}  # by seat: after how many moves its player has left
        self._is_ended = False  # by who has left
        for seat, move in script.moves:
            self.play(int(seat), move)

    @property
    def state(self) -> State:
        return self.states[-1]

    def play(self, seat: int, move: Move) -> None:
        """Make a move, or have the seat's player leave if it is None. Raises IllegalMove."""
        if move is None:
            return self._leave(seat)
        chance = chance_of(str(self.script.seed), len(self.states))
        state = make_move(self.game, self.state, seat, move, chance)
        self.states.append(json.loads(json.dumps(state)))  # as it comes back from storage
        self.script.moves.append((seat, move))

    def _leave(self, seat: int) -> None:
        """Have one of several players leave, as a server does with who resigns."""
        if self.script.players <= 2 or self.outcome() or seat not in self.staying:
            raise IllegalMove("Only one of more than two who are in can leave a game.")
        after = self.game.leave(self.state, seat)
        self._is_ended = after is Leaving.END
        state = self.state if isinstance(after, Leaving) else after
        self.left[seat] = len(self.states)
        self.states.append(json.loads(json.dumps(state)))
        self.script.moves.append((seat, None))

    @property
    def to_move(self) -> list[int]:
        return [] if self.outcome() else self.game.to_move(self.state)

    @property
    def staying(self) -> list[int]:
        return [
            seat for seat in range(self.script.players)
            if seat not in self.left and not self.game.is_out(self.state, seat)
        ]

    def seen(self, seat: int) -> Seen:
        """Return what a seat was shown, and is shown now."""
        moves = tuple(
            (mover, HAS_LEFT if move is None else self.game.shown_move(move, mover, seat, after))
            for (mover, move), after in zip(self.script.moves, self.states[1:], strict=True)
        )
        return Seen(
            self.game.name, self.options, self.script.players, seat,
            self.game.view(self.states[0], seat), moves, self.game.view(self.state, seat),
            self.game.legal_moves(self.state, seat),
        )

    def outcome(self) -> dict[str, Any] | None:
        """Return how the game ended, without what the outcome leaves open."""
        outcome = self.game.outcome(self.state)
        if outcome is None and self.left and (self._is_ended or len(self.staying) < 2):
            alone = self.staying[0] if len(self.staying) == 1 else None
            outcome = Outcome(alone, "resignation")
        if outcome is None:
            return None
        outcome = results.behind(outcome, self.left, self.script.players)
        return {name: value for name, value in asdict(outcome).items()
                if value is not None or name == "winner"}

    def _first(self) -> State:
        if self.script.loaded is not None:
            return self.script.loaded
        state = self.game.setup(self.script.players, self.options, Random(self.script.seed))
        return json.loads(json.dumps(state))


def complete_options(game: Game, given: dict[str, Any]) -> dict[str, Any]:
    """Return all options of a session of this game. Raises ToolError."""
    if unknown := set(given) - set(game.Options.model_fields):
        known = ", ".join(game.Options.model_fields) or "none"
        raise ToolError(
            f"{game.title} has no options called {', '.join(sorted(unknown))}; it has: {known}."
        )
    try:
        return with_defaults(game.Options, given)
    except ValidationError as error:
        raise ToolError(f"{game.title} does not accept these options: {error}") from None


def chosen_move(table: Table, seat: int, opponent: str, rng: Random) -> Move:
    """Return a legal move of a seat: by lot, or as a computer opponent of a level plays."""
    legal = table.game.legal_moves(table.state, seat)
    if opponent == RANDOM or len(legal) == 1:  # the search needs no time for a single move
        return rng.choice(legal)
    return search(table.game, table.seen(seat), budget(int(opponent)), rng).move
