"""Battleship: two hidden fleets, placed at the same time, then shot at in turn.

A square is written `a1` to `j10`. A ship is placed by its name, its first square and a direction:
`carrier@c4h` occupies c4 to g4, `carrier@c4v` c4 to c8. A shot is a square. Seat 0 shoots first,
and a hit gives no second shot.

A state is `{placed, shots}`: by seat, the placed ships (`{"carrier": "c4h"}`), and the squares
shot at, in order. Everything else is derived from it.

A view is `{turn, ply, last_move, fleets, to_place, shots}`:

- `turn` is null until both fleets are placed; `last_move` is the last shot, or null.
- `fleets`, by seat: an object from ship to its squares. It has all placed ships of the viewer,
  and the sunk ships of the other seat.
- `to_place`: the viewer's ships that are not placed yet.
- `shots`, by the seat that shot: an object from square to its result by now, `miss`, `hit` or
  `sunk`.
"""

import random
import re
from typing import Any

from arbiter_games.battleship_fleets import fitting_fleet
from arbiter_games.contract import Game, IllegalMove, Move, Outcome, show

State = dict[str, Any]

FLEET = {"carrier": 5, "battleship": 4, "cruiser": 3, "submarine": 3, "destroyer": 2}
FILES = "abcdefghij"
SQUARES = tuple(f"{file}{rank}" for rank in range(1, 11) for file in FILES)
DIRECTIONS = {"h": (1, 0), "v": (0, 1)}
WAITING = "your ships are placed, and the other side's are not yet"

SHOT = re.compile(r"[a-j]([1-9]|10)")
PLACEMENT = re.compile(rf"({'|'.join(FLEET)})@([a-j])([1-9]|10)([hv])")


def _line(length: int, file: int, rank: int, direction: str) -> tuple[str, ...]:
    """Return the squares from a first one in a direction, as far as they are on the board."""
    right, up = DIRECTIONS[direction]
    return tuple(
        f"{FILES[file + right * step]}{rank + up * step}"
        for step in range(length)
        if file + right * step < 10 and rank + up * step <= 10
    )


def _placements(ship: str, length: int) -> dict[str, tuple[str, ...]]:
    """Return each move that places a ship on an empty board, with the squares it occupies."""
    lines = {
        f"{ship}@{FILES[file]}{rank}{direction}": _line(length, file, rank, direction)
        for direction in DIRECTIONS for rank in range(1, 11) for file in range(10)
    }
    return {move: squares for move, squares in lines.items() if len(squares) == length}


PLACEMENTS = {ship: _placements(ship, length) for ship, length in FLEET.items()}


class Battleship(Game):
    """Battleship on ten by ten squares, with a fleet of five ships a side."""

    name = "battleship"
    title = "Battleship"
    secrets = True

    def setup(self, players: int, options: dict[str, Any], rng: random.Random) -> State:
        """Return a state with no ships and no shots."""
        return {"placed": [{}, {}], "shots": [[], []]}

    def to_move(self, state: State) -> list[int]:
        """Return the seats that have ships to place, then the seat that shoots next."""
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
        taken = set(_occupied(state, player))
        return [
            move
            for ship in _to_place(state, player)
            for move, squares in PLACEMENTS[ship].items()
            if taken.isdisjoint(squares)
        ]

    def apply(self, state: State, player: int, move: Move) -> State:
        """Return the state after a ship is placed or a shot is fired, or raise `IllegalMove`."""
        reason = self._refusal(state, player, move)
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
        """Return the winner once one fleet is sunk."""
        if _is_placing(state):
            return None
        for seat in (0, 1):
            if set(_occupied(state, 1 - seat)) <= set(state["shots"][seat]):
                return Outcome(seat, "all_sunk")
        return None

    def view(self, state: State, player: int | None) -> State:
        """Return the viewer's own fleet, the sunk ships of the other, and every shot."""
        return _view(state, player, [seat == player for seat in (0, 1)])

    def reveal(self, state: State) -> State:
        """Return both fleets and every shot."""
        return _view(state, None, [True, True])

    def shown_move(
        self, move: Move, player: int, viewer: int | None, state: State
    ) -> Move | None:
        """Return any shot, and a placement to its player only."""
        return move if viewer == player or "@" not in move else None

    def determinize(self, view: State, seat: int, rng: random.Random) -> State:
        """Return the state with a fleet of the other seat's that fits the results of the shots."""
        own = {ship: tuple(line) for ship, line in view["fleets"][seat].items()}
        fleets = [own, own]
        fleets[1 - seat] = _possible_fleet(view, seat, rng)
        return {
            "placed": [{ship: _where(line) for ship, line in each.items()} for each in fleets],
            "shots": [list(shots) for shots in view["shots"]],
        }

    def _refusal(self, state: State, player: int, move: Move) -> str | None:
        """Return why this move is not legal; None where it is."""
        if self.outcome(state):
            return "comes too late: the game is over"
        if player not in self.to_move(state):
            waits = _is_placing(state) and player in (0, 1)
            return f"can't be played: {WAITING if waits else 'it is not your turn'}"
        if not _is_placing(state):
            return _shot_refusal(state, player, move)
        return _placement_refusal(state, player, move)


def _to_place(state: State, seat: int) -> list[str]:
    return [ship for ship in FLEET if ship not in state["placed"][seat]]


def _is_placing(state: State) -> bool:
    return any(len(fleet) < len(FLEET) for fleet in state["placed"])


def _next_to_shoot(state: State) -> int:
    return sum(map(len, state["shots"])) % 2


def _fleet(state: State, seat: int) -> dict[str, tuple[str, ...]]:
    """Return the placed ships of a seat, with their squares."""
    placed = state["placed"][seat]
    return {
        ship: PLACEMENTS[ship][f"{ship}@{placed[ship]}"] for ship in FLEET if ship in placed
    }


def _occupied(state: State, seat: int) -> list[str]:
    return [square for squares in _fleet(state, seat).values() for square in squares]


def _sunk(state: State, seat: int) -> dict[str, tuple[str, ...]]:
    """Return the sunk ships of a seat, with their squares."""
    shots = set(state["shots"][1 - seat])
    return {ship: line for ship, line in _fleet(state, seat).items() if shots.issuperset(line)}


def _view(state: State, viewer: int | None, show_all: list[bool]) -> State:
    """Return a view; `show_all` says by seat whether ships that are not sunk are shown."""
    shots = state["shots"]
    last = shots[1 - _next_to_shoot(state)]
    shown = [(_fleet if show_all[seat] else _sunk)(state, seat) for seat in (0, 1)]
    return {
        "turn": None if _is_placing(state) else _next_to_shoot(state),
        "ply": sum(map(len, [*state["placed"], *shots])),
        "last_move": last[-1] if last else None,
        "fleets": [{ship: list(line) for ship, line in fleet.items()} for fleet in shown],
        "to_place": [] if viewer is None else _to_place(state, viewer),
        "shots": [_results(state, seat) for seat in (0, 1)],
    }


def _results(state: State, seat: int) -> dict[str, str]:
    """Return the result by now of each shot that a seat has fired."""
    afloat = set(_occupied(state, 1 - seat))
    sunk = {square for line in _sunk(state, 1 - seat).values() for square in line}
    return {
        square: "sunk" if square in sunk else "hit" if square in afloat else "miss"
        for square in state["shots"][seat]
    }


def _possible_fleet(view: State, seat: int, rng: random.Random) -> dict[str, tuple[str, ...]]:
    """Return the ships that the other seat may have placed, by their names."""
    results = view["shots"][seat]
    sunk = {ship: tuple(line) for ship, line in view["fleets"][1 - seat].items()}
    number = view["ply"] - len(view["fleets"][seat]) - sum(map(len, view["shots"]))
    afloat = [ship for ship in FLEET if ship not in sunk]
    afloat = rng.sample(afloat, number - len(sunk)) if view["turn"] is None else afloat
    hits = {square for square, result in results.items() if result == "hit"}
    fleet = fitting_fleet(afloat, PLACEMENTS, set(results) - hits, hits, rng)
    return sunk | {move.split("@")[0]: line for move, line in fleet.items()}


def _where(line: tuple[str, ...]) -> str:
    """Return the first square and the direction of a ship's squares."""
    return line[0] + ("h" if line[0][1:] == line[1][1:] else "v")


def _shot_refusal(state: State, player: int, move: Move) -> str | None:
    if not isinstance(move, str) or not SHOT.fullmatch(move):
        return "is not a shot: write a square, from a1 to j10"
    return "is not legal: you have shot there" if move in state["shots"][player] else None


def _placement_refusal(state: State, player: int, move: Move) -> str | None:
    form = PLACEMENT.fullmatch(move) if isinstance(move, str) else None
    if not form:
        return "does not place a ship: write the ship, its square and h or v, as carrier@c4h"
    ship = form[1]
    if ship in state["placed"][player]:
        return f"is not legal: your {ship} stands already"
    squares = PLACEMENTS[ship].get(move)
    if squares is None:
        return f"is not legal: a {ship} would not fit on the board there"
    taken = [square for square in squares if square in _occupied(state, player)]
    return f"is not legal: a ship of yours stands on {taken[0]}" if taken else None
