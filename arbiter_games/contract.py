"""The contract between a game and whoever hosts it.

A game is pure: it reads no clock, does no I/O, and takes all its chance from the random source
that it is given. States and moves are plain JSON values, so a host can store them, send them and
take them up again in another process. A player is a seat number, counted from 0.
"""

import json
import random
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import BaseModel

State: TypeAlias = Any
Move: TypeAlias = Any

LONGEST_SHOWN = 20
TYPE_NAMES = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
}


class IllegalMove(ValueError):
    """The rules forbid the move: the message is one sentence, for the person who made it."""


@dataclass(frozen=True)
class Outcome:
    """How a game ended: who won (None: a draw) and the game's own word for why."""

    winner: int | None
    reason: str


@dataclass(frozen=True)
class Record:
    """A finished game: what `export` makes its text of. `moves` are (seat, move) in their order.

    `result` is as in a session: `{winner, reason, by_player}` by the names of the players.
    """

    title: str
    site: str
    date: str
    players: list[str]
    options: dict[str, Any]
    setup: State
    moves: list[tuple[int, Move]]
    result: dict[str, Any]


class NoOptions(BaseModel):
    """The options of a game that has none."""


class Game(ABC):
    """The rules of one game, as functions of a state; an instance remembers nothing.

    `name` is how machines refer to the game, `title` how people do. `Options` declares what the
    game itself takes beside the clock and whether it is rated, each with a default; `setup` is
    given all of them. `secrets` says whether `view` shows one what it hides from another.
    """

    name: str
    title: str
    min_players: int = 2
    max_players: int = 2
    secrets: bool = False
    Options: type[BaseModel] = NoOptions

    @abstractmethod
    def setup(self, players: int, options: dict[str, Any], rng: random.Random) -> State:
        """Return the first state of a game for so many players, played with these options.

        The same arguments, `rng` in the same condition included, give the same state.
        """

    @abstractmethod
    def to_move(self, state: State) -> list[int]:
        """Return the seats that may move now: at least one until there is an outcome, then none."""

    @abstractmethod
    def legal_moves(self, state: State, player: int) -> list[Move]:
        """Return every move that `apply` accepts of this player, always in the same order.

        The list is empty for who is not to move. No move is null.
        """

    @abstractmethod
    def apply(self, state: State, player: int, move: Move) -> State:
        """Return the state after the move, and leave the one that was given as it is.

        The move may be any JSON value at all. Raises `IllegalMove`, and nothing else, for one
        that the player may not make now.
        """

    @abstractmethod
    def outcome(self, state: State) -> Outcome | None:
        """Return how the game ended, or None while it is under way."""

    def view(self, state: State, player: int | None) -> State:
        """Return what this player (None: a spectator) may see of the state; at first, all.

        It has `turn`, the seat that is to move next or would be (None where all move at once), and
        `ply`, the number of moves made.
        """
        return state

    def reveal(self, state: State) -> State:
        """Return what everybody may see once the game has ended, its secrets too."""
        return self.view(state, None)

    def shown_move(
        self, move: Move, player: int, viewer: int | None, state: State
    ) -> Move | None:
        """Return a move as this viewer may see it during the game; None where it is secret.

        `state` is the one that it led to. Two moves that a viewer is shown alike must leave the
        viewer with the same `view`, and the same `legal_moves`.
        """
        return move

    def for_history(self, state: State) -> State:
        """Return what the event of a move keeps of the state that it led to; at first, all.

        A state may grow with the game, an event should not: leave out what only the next move
        needs. `view`, `reveal`, `shown_move`, `legal_moves`, `to_move` and `outcome` are asked
        about what is left, and must answer as of the whole.
        """
        return state

    def can_win(self, state: State, player: int) -> bool:
        """Return whether the player can still win: against one who can't, a fallen flag draws."""
        return True

    def claims(self, state: State, player: int) -> list[str]:
        """Return the reasons for which the player, being to move, may claim a draw as it stands."""
        return []

    def export(self, record: Record) -> tuple[str, str]:
        """Return a finished game in the usual form for it: the format's name, and the text."""
        return "text", plain_text(record, json.dumps(self.reveal(record.setup)))


def show(move: Move) -> str:
    """Return a short and printable form of any JSON value, safe to put into a message."""
    if not isinstance(move, str):
        return TYPE_NAMES.get(type(move), "this")
    if len(move) > LONGEST_SHOWN:
        return f"{move[:LONGEST_SHOWN]!a}..."
    return ascii(move)


def plain_text(record: Record, setup: str) -> str:
    """Return a game as headers and a numbered list of its moves, a line for each move.

    With `setup`, how it began, there is all that it takes to play it again.
    """
    moves = [
        f"{number}. {record.players[seat]}: {move if isinstance(move, str) else json.dumps(move)}"
        for number, (seat, move) in enumerate(record.moves, start=1)
    ]
    return "\n".join([*_headers(record, setup), "", *moves, ""])


def _headers(record: Record, setup: str) -> list[str]:
    own = {name: value for name, value in record.options.items() if name not in ("clock", "rated")}
    return [
        f"Game: {record.title}", f"Site: {record.site}", f"Date: {record.date}",
        *(f"Player {seat}: {login}" for seat, login in enumerate(record.players, start=1)),
        f"Rated: {'yes' if record.options.get('rated') else 'no'}",
        f"Clock: {_terms(record.options.get('clock'))}",
        *(f"Option {name}: {json.dumps(value)}" for name, value in own.items()),
        f"Setup: {setup}",
        f"Winner: {record.result['winner'] or 'nobody'}", f"Reason: {record.result['reason']}",
    ]


def _terms(clock: dict[str, Any] | None) -> str:
    if not clock:
        return "none"
    return f"{clock['initial']:g} seconds, and {clock['increment']:g} more for each move"
