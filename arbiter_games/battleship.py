"""Battleship: two hidden fleets, placed at the same time, then shot at in turn.

A square is written `a1` to `j10`. A ship is placed by its name, its first square and a direction:
`carrier@c4h` stands on c4 to g4, `carrier@c4v` on c4 to c8. A shot is a square. Seat 0 shoots
first, and a hit gives no second shot.

A state is `{placed, shots}`: by seat, the ships that stand and where (`{"carrier": "c4h"}`), and
the squares shot at, in order. Nothing else is kept: all the rest follows.

A view is `{turn, ply, last_move, fleets, to_place, shots}`:

- `turn` is null until both fleets stand; `last_move` is the last shot, or null.
- `fleets`, by seat: an object from ship to its squares. The viewer's own is whole as far as it
  stands; of another's it has the ships that are sunk.
- `to_place`: the viewer's own ships that don't stand yet.
- `shots`, by the seat that shot: an object from square to `miss`, `hit` or `sunk`, as it is now.
"""

import random
import re
from typing import Any

from arbiter_games.contract import Game, IllegalMove, Move, Outcome, show

State = dict[str, Any]

FLEET = {"carrier": 5, "battleship": 4, "cruiser": 3, "submarine": 3, "destroyer": 2}
FILES = "abcdefghij"
SQUARES = tuple(f"{file}{rank}" for rank in range(1, 11) for file in FILES)
ACROSS = {"h": (1, 0), "v": (0, 1)}
SHIP_WAITS = "your ships are placed, and the other side's are not yet"

SHOT = re.compile(r"[a-j]([1-9]|10)")
PLACEMENT = re.compile(rf"({'|'.join(FLEET)})@([a-j])([1-9]|10)([hv])")


def _line(length: int, file: int, rank: int, direction: str) -> tuple[str, ...]:
    right, up = ACROSS[direction]
    return tuple(
        f"{FILES[file + right * step]}{rank + up * step}"
        for step in range(length)
        if file + right * step < 10 and rank + up * step <= 10
    )


def _placements(ship: str, length: int) -> dict[str, tuple[str, ...]]:
    """Return where a ship can stand on an empty board: each move, and the squares that it takes."""
    lines = {
        f"{ship}@{FILES[file]}{rank}{direction}": _line(length, file, rank, direction)
        for direction in ACROSS for rank in range(1, 11) for file in range(10)
    }
    return {move: squares for move, squares in lines.items() if len(squares) == length}


PLACEMENTS = {ship: _placements(ship, length) for ship, length in FLEET.items()}


class Battleship(Game):
    """Battleship on ten by ten squares, with a fleet of five ships a side."""

    name = "battleship"
    title = "Battleship"
    secrets = True

    def setup(self, players: int, options: dict[str, Any], rng: random.Random) -> State:
        """Return two empty seas; nothing is left to chance."""
        return {"placed": [{}, {}], "shots": [[], []]}

    def to_move(self, state: State) -> list[int]:
        """Return who still has ships to place, then whose shot it is."""
        placing = [seat for seat in (0, 1) if _to_place(state, seat)]
        if placing or self.outcome(state):
            return placing
        return [_next_to_shoot(state)]

    def legal_moves(self, state: State, player: int) -> list[Move]:
        """Return placements by ship and direction, or shots; squares in the order a1, b1, ..."""
        if player not in self.to_move(state):
            return []
        if not _is_placing(state):
            return [square for square in SQUARES if square not in state["shots"][player]]
        taken = set(_squares_of(state, player))
        return [
            move
            for ship in _to_place(state, player)
            for move, squares in PLACEMENTS[ship].items()
            if taken.isdisjoint(squares)
        ]

    def apply(self, state: State, player: int, move: Move) -> State:
        """Return the state after a ship is placed or a shot is fired, or raise `IllegalMove`."""
        reason = self._why_not(state, player, move)
        if reason:
            raise IllegalMove(f"{show(move)} {reason}.")
        placed, shots = list(state["placed"]), list(state["shots"])
        if _is_placing(state):
            ship, where = move.split("@")
            placed[player] = {**placed[player], ship: where}
        else:
            shots[player] = [*shots[player], move]
        return {"placed": placed, "shots": shots}

    def outcome(self, state: State) -> Outcome | None:
        """Return who has sunk all of the other's fleet, once somebody has."""
        if _is_placing(state):
            return None
        for seat in (0, 1):
            if set(_squares_of(state, 1 - seat)) <= set(state["shots"][seat]):
                return Outcome(seat, "all_sunk")
        return None

    def view(self, state: State, player: int | None) -> State:
        """Return the viewer's own fleet, what is sunk of the other's, and every shot."""
        return _picture(state, player, [seat == player for seat in (0, 1)])

    def reveal(self, state: State) -> State:
        """Return both fleets and every shot."""
        return _picture(state, None, [True, True])

    def shown_move(
        self, move: Move, player: int, viewer: int | None, state: State
    ) -> Move | None:
        """Return any shot, and a placement to who made it alone."""
        return move if viewer == player or "@" not in move else None

    def _why_not(self, state: State, player: int, move: Move) -> str | None:
        """Return why this move is not legal; None where it is."""
        if self.outcome(state):
            return "comes too late: the game is over"
        if player not in self.to_move(state):
            waits = _is_placing(state) and player in (0, 1)
            return f"can't be played: {SHIP_WAITS if waits else 'it is not your turn'}"
        if not _is_placing(state):
            return _why_no_shot(state, player, move)
        return _why_no_placement(state, player, move)


def _to_place(state: State, seat: int) -> list[str]:
    return [ship for ship in FLEET if ship not in state["placed"][seat]]


def _is_placing(state: State) -> bool:
    return any(len(fleet) < len(FLEET) for fleet in state["placed"])


def _next_to_shoot(state: State) -> int:
    return sum(map(len, state["shots"])) % 2


def _fleet(state: State, seat: int) -> dict[str, tuple[str, ...]]:
    """Return the ships of a seat that stand, and their squares."""
    placed = state["placed"][seat]
    return {
        ship: PLACEMENTS[ship][f"{ship}@{placed[ship]}"] for ship in FLEET if ship in placed
    }


def _squares_of(state: State, seat: int) -> list[str]:
    return [square for squares in _fleet(state, seat).values() for square in squares]


def _sunk(state: State, seat: int) -> dict[str, tuple[str, ...]]:
    shots = set(state["shots"][1 - seat])
    return {ship: line for ship, line in _fleet(state, seat).items() if shots.issuperset(line)}


def _picture(state: State, viewer: int | None, whole: list[bool]) -> State:
    """Return what a viewer sees who is shown the whole of some fleets."""
    shots = state["shots"]
    last = shots[1 - _next_to_shoot(state)]
    shown = [(_fleet if whole[seat] else _sunk)(state, seat) for seat in (0, 1)]
    return {
        "turn": None if _is_placing(state) else _next_to_shoot(state),
        "ply": sum(map(len, [*state["placed"], *shots])),
        "last_move": last[-1] if last else None,
        "fleets": [{ship: list(line) for ship, line in fleet.items()} for fleet in shown],
        "to_place": [] if viewer is None else _to_place(state, viewer),
        "shots": [_results(state, seat) for seat in (0, 1)],
    }


def _results(state: State, seat: int) -> dict[str, str]:
    """Return what has come of each shot that a seat has fired."""
    afloat = set(_squares_of(state, 1 - seat))
    sunk = {square for line in _sunk(state, 1 - seat).values() for square in line}
    return {
        square: "sunk" if square in sunk else "hit" if square in afloat else "miss"
        for square in state["shots"][seat]
    }


def _why_no_shot(state: State, player: int, move: Move) -> str | None:
    if not isinstance(move, str) or not SHOT.fullmatch(move):
        return "is not a shot: write a square, from a1 to j10"
    return "is not legal: you have shot there" if move in state["shots"][player] else None


def _why_no_placement(state: State, player: int, move: Move) -> str | None:
    form = PLACEMENT.fullmatch(move) if isinstance(move, str) else None
    if not form:
        return "does not place a ship: write the ship, its square and h or v, as carrier@c4h"
    ship = form[1]
    if ship in state["placed"][player]:
        return f"is not legal: your {ship} stands already"
    squares = PLACEMENTS[ship].get(move)
    if squares is None:
        return f"is not legal: a {ship} would not fit on the board there"
    taken = [square for square in squares if square in _squares_of(state, player)]
    return f"is not legal: a ship of yours stands on {taken[0]}" if taken else None
