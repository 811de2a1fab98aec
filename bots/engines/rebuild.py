"""Rebuilds the state of a game from what a seat was shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from arbiter_games.contract import Game, IllegalMove, Leaving, Move, State
from bots.engines.seen import HAS_LEFT, Checkpoint, Seen, same

MAX_SETUPS = 50


class CannotRebuild(Exception):
    """What was shown does not say enough about the state."""


@dataclass(frozen=True)
class Possible:
    """The states that are possible: one that is known, or those that `draw` returns by lot."""

    draw: Callable[[Random], State]
    checkpoint: Checkpoint | None = None

    @property
    def known(self) -> bool:
        return self.checkpoint is not None


def determinizes(game: Game) -> bool:
    """Return whether the game offers states that fit a view."""
    return type(game).determinize is not Game.determinize


def possible_states(game: Game, seen: Seen) -> Possible:
    """Return the states in which the seat may be. Raises CannotRebuild."""
    for start in _starts(game, seen):
        state = _replayed(game, seen, start)
        if state is not None:
            return _known(Checkpoint(len(seen.moves), state))
    if determinizes(game):
        return Possible(lambda rng: game.determinize(seen.view, seen.seat, rng))
    raise CannotRebuild(f"{game.name} does not say which states are possible")


def _known(checkpoint: Checkpoint) -> Possible:
    return Possible(lambda rng: checkpoint.state, checkpoint)


def _starts(game: Game, seen: Seen) -> Iterator[Checkpoint]:
    """Yield states to replay the moves from; with chance, the same moves lead elsewhere."""
    if seen.checkpoint and seen.checkpoint.moves <= len(seen.moves):
        yield seen.checkpoint
    if game.chance or game.secrets and not determinizes(game):
        return
    setup = _setup(game, seen)
    if setup is not None:
        yield Checkpoint(0, setup)


def _setup(game: Game, seen: Seen) -> State | None:
    """Return the first state; None where the first view leaves open which one it is."""
    setups = [game.setup(seen.players, seen.options, Random(seed)) for seed in (0, 1)]
    if setups[0] == setups[1]:
        return setups[0]
    if determinizes(game):
        drawn = [game.determinize(seen.initial, seen.seat, Random(seed)) for seed in (0, 1)]
        return drawn[0] if drawn[0] == drawn[1] else None
    for seed in range(MAX_SETUPS):
        state = game.setup(seen.players, seen.options, Random(seed))
        if same(game.view(state, seen.seat), seen.initial):
            return state
    return None


def _replayed(game: Game, seen: Seen, start: Checkpoint) -> State | None:
    """Return the state after all moves; None where it is not what the seat sees."""
    state = start.state
    for seat, move in seen.moves[start.moves:]:
        if move is None:
            return None
        try:
            state = _after(game, state, seat, move)
        except IllegalMove:
            return None
    return state if same(game.view(state, seen.seat), seen.view) else None


def _after(game: Game, state: State, seat: int, move: Move) -> State:
    """Return the state after a move, or after a player has left. Raises IllegalMove."""
    if move is not HAS_LEFT:
        return game.apply(state, seat, move)
    left = game.leave(state, seat)
    return state if isinstance(left, Leaving) else left
