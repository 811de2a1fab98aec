"""The contract between a game and the server that hosts it.

A game is pure: it reads no clock, does no I/O, and draws random numbers only from the generator
that it is given. States and moves are plain JSON values, so that a server can store them, send
them, and continue a game in another process. A player is a seat number, counted from 0.
"""

import json
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from pydantic import BaseModel

State: TypeAlias = Any
Move: TypeAlias = Any

# How a server may end a game itself; an Outcome must not give one of these as its reason.
SERVER_REASONS = ("resignation", "agreement", "timeout", "abandonment", "aborted")

MAX_SHOWN_CHARS = 20
TYPE_NAMES = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
}


class IllegalMove(ValueError):
    """The rules forbid the move. The message is one sentence, shown to whoever sent the move."""


@dataclass(frozen=True)
class Outcome:
    """How a game ended: the winner's seat (None: a draw), and the game's own word for why.

    By seat, there may be `places` from 1 (seats of equal places share one), `scores`, and the
    numbers of `teams`. Without places, the highest score is first, or the winner before all others.
    The winner is first, and with teams any of the first team; None, where others share its place.
    """

    winner: int | None
    reason: str
    places: Sequence[int] | None = None
    scores: Sequence[float] | None = None
    teams: Sequence[int] | None = None


class Leaving(Enum):
    """What follows when one of several players leaves, where it is no state of the game.

    BY_LOT: the server makes the moves of the seat, which it draws by lot. END: the game ends.
    """

    BY_LOT = "by lot"
    END = "end"


@dataclass(frozen=True)
class Record:
    """A finished game, as `export` is given it. `moves` are (seat, move), in order.

    `result` is `{winner, reason, by_player}`, as in a session, with the players' names; `places`,
    `scores` and `teams` are in it where the session has them. Of a game with `chance` there are the
    `seed` of the session and the `versions` of the moves, of which `chance_of` makes their chance.
    `left` are the seats whose players left while others played on, each with the number of moves
    made before, in order.
    With a clock, `clocks` are the seconds that each move's player had left after it.
    """

    title: str
    site: str
    date: str
    players: list[str]
    options: dict[str, Any]
    setup: State
    moves: list[tuple[int, Move]]
    result: dict[str, Any]
    seed: str | None = None
    versions: Sequence[int] = ()
    left: Sequence[tuple[int, int]] = ()
    clocks: Sequence[float] = ()


class NoOptions(BaseModel):
    """The options of a game that has none."""


class Game(ABC):
    """The rules of one game, as functions of a state; an instance stores nothing.

    `name` identifies the game to programs, `title` to people. `Options` declares the game's own
    options, each with a default; `setup` is given these and the `CommonOptions`. `secrets` says
    whether `view` shows one player what it hides from another. `chance` says whether moves draw
    random numbers: `apply` is given a source of them then, as a fourth argument. `takebacks` says
    whether moves may be taken back: by default, unless there are secrets, or chance in moves or in
    `setup`. `Moves` may describe the form of moves, as a model or a JSON schema: a client can then
    offer a form. `version` is counted up whenever games that are under way could not go on as they
    began.
    """

    name: str
    title: str
    version: int = 1
    min_players: int = 2
    max_players: int = 2
    secrets: bool = False
    chance: bool = False
    takebacks: bool | None = None
    Options: type[BaseModel] = NoOptions
    Moves: type[BaseModel] | dict[str, Any] | None = None

    @abstractmethod
    def setup(self, players: int, options: dict[str, Any], rng: random.Random) -> State:
        """Return the first state of a game for this number of players, with these options.

        The same arguments, and `rng` in the same state, give the same result.
        """

    @abstractmethod
    def to_move(self, state: State) -> list[int]:
        """Return the seats that may move now: at least one until there is an outcome, then none."""

    @abstractmethod
    def legal_moves(self, state: State, player: int) -> list[Move]:
        """Return every move that `apply` accepts of this player, always in the same order.

        The list is empty for a player who is not to move. No move is null.
        """

    @abstractmethod
    def apply(self, state: State, player: int, move: Move) -> State:
        """Return the state after the move; the given state is not changed.

        The move may be any JSON value at all. Raises `IllegalMove`, and nothing else, for a move
        that the player may not make now. With `chance`, there is a fourth parameter `chance`, a
        `random.Random`: the same move in the same version of a session is given the same numbers.
        """

    @abstractmethod
    def outcome(self, state: State) -> Outcome | None:
        """Return how the game ended, or None while it is under way."""

    def view(self, state: State, player: int | None) -> State:
        """Return what this player (None: a spectator) may see of the state; by default, all.

        A view has `turn`, the seat that is to move next or would be (None where all move at once),
        and `ply`, the number of moves made.
        """
        return state

    def reveal(self, state: State) -> State:
        """Return what everybody may see once the game has ended, its secrets too."""
        return self.view(state, None)

    def shown_move(
        self, move: Move, player: int, viewer: int | None, state: State
    ) -> Move | None:
        """Return a move as this viewer may see it during the game; None where it is secret.

        `state` is the state after the move. Two moves that are shown to a viewer alike must leave
        the viewer with the same `view` and the same `legal_moves`.
        """
        return move

    def notation(self, state: State, player: int, move: Move) -> str | None:
        """Return a legal move as people write it: `Nf3` for `g1f3`. By default None: as it is.

        `state` is the state before the move, or what `for_history` leaves of it.
        """
        return None

    def determinize(self, view: State, seat: int, rng: random.Random) -> State | None:
        """Return a whole state that fits what this seat has seen of a game that is under way.

        What the view leaves open is drawn from `rng`. `view` of the result is the given one, and
        so are the seat's `legal_moves`. By default None: the game offers no such states. A game
        that offers any offers one for every view, and uses nothing but the arguments.
        """
        return None

    def for_history(self, state: State) -> State:
        """Return what is stored with the event of a move, of the state after it; by default, all.

        A state may grow with the game, an event should not: leave out what only the next move
        needs. `view`, `reveal`, `shown_move`, `notation`, `legal_moves`, `to_move` and `outcome`
        are called with what is left, and must return the same as for the whole state.
        """
        return state

    def upgrade(self, state: State, from_version: int) -> State | None:
        """Return the state that a former version of these rules has left as one of this version.

        It is also given what is left of states by the former version's `for_history`. By default
        None: games that began with that version need its rules to go on.
        """
        return None

    def leave(self, state: State, seat: int) -> State | Leaving:
        """Return the state in which a seat is out, as its player has left, and the others play on.

        It is asked when one of more than two resigns, stays away or runs out of time. The seat must
        not be to move from then on. Or return a `Leaving`; by default the server moves for it.
        """
        return Leaving.BY_LOT

    def is_out(self, state: State, seat: int) -> bool:
        """Return whether a seat will not move again, though the game goes on.

        Its player may go then. It is asked of games for more than two, of those who have not left.
        """
        return False

    def can_win(self, state: State, player: int) -> bool:
        """Return whether the player can still win; if not, the opponent's timeout is a draw."""
        return True

    def claims(self, state: State, player: int) -> list[str]:
        """Return the reasons for which the player, being to move, may claim a draw now."""
        return []

    def export(self, record: Record) -> tuple[str, str]:
        """Return a finished game as the name of a format, `text` or `pgn`, and the text."""
        return "text", plain_text(record, json.dumps(self.reveal(record.setup)))


def chance_of(seed: str, version: int) -> random.Random:
    """Return what the chance of a move is drawn from, which leads to this version of a session."""
    return random.Random(f"{seed} {version}")


def make_move(game: Game, state: State, player: int, move: Move, chance: random.Random) -> State:
    """Return the state after a move; raises IllegalMove. Only a game with `chance` draws from it.
    """
    apply: Callable[..., State] = game.apply
    return apply(state, player, move, chance) if game.chance else apply(state, player, move)


def show(move: Move) -> str:
    """Return a short, printable form of any JSON value, safe to put into a message."""
    if not isinstance(move, str):
        return TYPE_NAMES.get(type(move), "this")
    if len(move) > MAX_SHOWN_CHARS:
        return f"{move[:MAX_SHOWN_CHARS]!a}..."
    return ascii(move)


def plain_text(record: Record, setup: str) -> str:
    """Return a game as headers and a numbered list of its moves, one a line, and of who left.

    `setup` describes the first position; with it, the text is enough to replay the game.
    """
    moves = [
        f"{number}. {record.players[seat]}: {move if isinstance(move, str) else json.dumps(move)}"
        for number, (seat, move) in enumerate(record.moves, start=1)
    ]
    if record.seed is not None:
        versions = zip(moves, record.versions, strict=True)
        moves = [f"{move} (version {version})" for move, version in versions]
    for seat, before in reversed(record.left):
        moves.insert(before, f"{record.players[seat]} has left")
    return "\n".join([*_headers(record, setup), "", *moves, ""])


def _headers(record: Record, setup: str) -> list[str]:
    own = {name: value for name, value in record.options.items() if name not in ("clock", "rated")}
    return [
        f"Game: {record.title}", f"Site: {record.site}", f"Date: {record.date}",
        *(f"Player {seat}: {login}" for seat, login in enumerate(record.players, start=1)),
        f"Rated: {'yes' if record.options.get('rated') else 'no'}",
        f"Clock: {_clock_text(record.options.get('clock'))}",
        *(f"Option {name}: {json.dumps(value)}" for name, value in own.items()),
        f"Setup: {setup}", *([] if record.seed is None else [f"Seed: {record.seed}"]),
        f"Winner: {record.result['winner'] or 'nobody'}", f"Reason: {record.result['reason']}",
        *(
            f"{name.title()}: {json.dumps(record.result[name])}"
            for name in ("places", "scores", "teams") if name in record.result
        ),
    ]


def _clock_text(clock: dict[str, Any] | None) -> str:
    if not clock:
        return "none"
    return ", ".join(f"{name} {value:g}" for name, value in clock.items())
