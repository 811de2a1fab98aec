"""Whether a viewer can tell apart what the game says is hidden from them.

Two states are a pair for a viewer where they differ only in what the viewer may not know. The kit
makes pairs of moves that `shown_move` shows to the viewer alike, made in one and the same position;
a game may give more by its `twin`. Whatever the viewer is shown of the two must be the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any

from arbiter_games.testing.failure import BrokenLaw, brief
from arbiter_games.testing.laws import Legal, some
from arbiter_games.testing.line import Line, after
from arbiter_games.testing.values import difference
from arbiter_games.testing.watched import Watched

LAW = "nobody is shown a secret"
FOLLOWED_PAIRS = 1
FOLLOWED_MOVES = 8
PROBES = ("", None, 0)


@dataclass(frozen=True)
class Pair:
    """Two states that a viewer must not be able to tell apart, and the move that made each.

    It is the same move where `twin` has made one of the other. `before` is what it was made in.
    """

    viewer: int | None
    states: tuple[Any, Any]
    seat: int | None = None
    moves: tuple[Any, Any] = (None, None)
    before: tuple[Any, Any] = (None, None)

    @property
    def is_twin(self) -> bool:
        return self.moves[0] == self.moves[1]

    def __str__(self) -> str:
        if self.is_twin:
            return "two states of which `twin` says that they look alike"
        return f"{brief(self.moves[0])} and {brief(self.moves[1])} of seat {self.seat}, shown alike"


class Secrets:
    """Looks for secrets that are shown, in the positions of games under way."""

    def __init__(self, twin: Any) -> None:
        self._twin = twin
        self.found = 0

    def search(self, line: Line, legal: Legal, rng: Random) -> list[Pair]:
        """Return the pairs that one more move makes here.

        Raises BrokenLaw where one can be told apart.
        """
        twins = self._compare_twins(line, rng)
        pairs = some(_pairs(line, legal, rng), rng)
        for pair in pairs:
            self._compare(line.game, pair)
        for pair in pairs[:FOLLOWED_PAIRS]:
            self._follow(line, pair, rng)
        return [*pairs, *(moved for twin in twins for moved in _moved(line.game, twin, rng))]

    def _compare_twins(self, line: Line, rng: Random) -> list[Pair]:
        twins = []
        for viewer in line.viewers if self._twin else ():
            other = self._twin(line.state, viewer, rng)
            if other is not None and other != line.state:
                twins.append(Pair(viewer, (line.state, other), *_last_move(line, viewer)))
                self._compare(line.game, twins[-1])
        return twins

    def _compare(self, game: Watched, pair: Pair) -> None:
        self.found += 1
        told = told_apart(game, pair)
        if told:
            who = "a spectator" if pair.viewer is None else f"seat {pair.viewer}"
            raise BrokenLaw(LAW, f"{who} can tell {pair}, by {told}")

    def _follow(self, line: Line, pair: Pair, rng: Random) -> None:
        """Play on in both states, while no move can tell the viewer which of them it is."""
        game, states = line.game, pair.states
        for _ in range(FOLLOWED_MOVES):
            step = _common_move(game, states, rng)
            if step is None:
                return
            seat, move = step
            states = (after(game, states[0], seat, move), after(game, states[1], seat, move))
            if _is_open(line, seat, move, states[0]) or _now_known(game, pair, states):
                return
            self._compare(game, Pair(pair.viewer, states, pair.seat, pair.moves))


def told_apart(game: Watched, pair: Pair) -> str | None:
    """Return how the viewer can tell the two states apart; None where they look the same."""
    viewer, (one, other) = pair.viewer, pair.states
    asked = {
        "view": lambda state: game.view(state, viewer),
        "to_move": game.to_move,
        "outcome": lambda state: repr(game.outcome(state)),
    }
    if viewer is not None:
        asked["legal_moves"] = lambda state: game.legal_moves(state, viewer)
        asked["claims"] = lambda state: game.claims(state, viewer)
        asked["what IllegalMove says"] = lambda state: [
            game.refusal(state, viewer, probe) for probe in (*pair.moves, *PROBES)
        ]
    if pair.is_twin and pair.seat is not None:
        asked["shown_move"] = lambda state: game.shown_move(
            pair.moves[0], pair.seat, viewer, state
        )
    for what, ask in asked.items():
        seen = ask(one), ask(other)
        if seen[0] != seen[1]:
            return f"{what}: {difference(*seen)}"
    return None


def _pairs(line: Line, legal: Legal, rng: Random) -> Iterator[Pair]:
    for seat, moves in legal.items():
        made = [(move, after(line.game, line.state, seat, move)) for move in some(moves, rng)]
        for viewer in line.viewers:
            if viewer == seat:
                continue
            for (one, state), (other, other_state) in combinations(made, 2):
                shown = line.game.shown_move(one, seat, viewer, state)
                if shown == line.game.shown_move(other, seat, viewer, other_state):
                    before = line.state, line.state
                    yield Pair(viewer, (state, other_state), seat, (one, other), before)


def _last_move(line: Line, viewer: int | None) -> tuple[int | None, tuple[Any, Any]]:
    """Return whose move led here, and the move for each of two twins.

    None where the viewer is not shown it: a twin may come of another one.
    """
    seat, move = line.moves[-1] if line.moves else (None, None)
    if seat is None or line.game.shown_move(move, seat, viewer, line.state) is None:
        return None, (None, None)
    return seat, (move, move)


def _moved(game: Watched, twin: Pair, rng: Random) -> Iterator[Pair]:
    """Yield the pair that one move makes of two twins, where it may not tell one from the other."""
    step = _common_move(game, twin.states, rng)
    if step is None:
        return
    seat, move = step
    states = tuple(after(game, state, seat, move) for state in twin.states)
    moved = Pair(twin.viewer, states, seat, (move, move), twin.states)
    if not any(map(game.outcome, states)) and told_apart(game, moved) is None:
        yield moved


def _common_move(game: Watched, states: tuple[Any, Any], rng: Random) -> tuple[int, Any] | None:
    """Return a move that can be made in both states."""
    for seat in some(game.to_move(states[0]), rng):
        one, other = (game.legal_moves(state, seat) for state in states)
        for move in some(one, rng):
            if move in other:
                return seat, move
    return None


def _is_open(line: Line, seat: int, move: Any, state: Any) -> bool:
    """Tell whether all are shown the move: what comes of it may be for all to see as well."""
    shown = [line.game.shown_move(move, seat, viewer, state) for viewer in line.viewers]
    return all(each == move for each in shown)


def _now_known(game: Watched, pair: Pair, states: tuple[Any, ...]) -> bool:
    """Tell whether the viewer may know by now which of the two moves it was."""
    shown = [
        game.shown_move(move, pair.seat, pair.viewer, state)
        for move, state in zip(pair.moves, states, strict=True)
    ]
    return shown[0] != shown[1]
