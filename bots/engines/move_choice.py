"""Chooses the engine for a game, and another one where the first fails."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from arbiter_games.contract import Game, Move
from bots.engines import dobutsu, hunting
from bots.engines.levels import Budget
from bots.engines.mcts import Search
from bots.engines.rebuild import CannotRebuild, determinizes, possible_states
from bots.engines.seen import Checkpoint, Seen
from bots.engines.uci import EngineFailed, UciEngine, command

_log = logging.getLogger(__name__)

OWN_ENGINES = {
    "dobutsu": ("alpha-beta", dobutsu.choose), "battleship": ("counting", hunting.choose),
}
VARIANT_PROGRAMS = ("fairy-stockfish", "pyffish")
PROGRAMS = ("stockfish", *VARIANT_PROGRAMS)  # the first is large, and not started for variants
# A plug-in may have a variant's name, and other rules.
PLAYED_BY_PROGRAMS = ("arbiter_games.chess", "arbiter_games.variants")


@dataclass(frozen=True)
class Chosen:
    """A move, the engine that has chosen it, and where to go on from for the next move."""

    move: Move
    engine: str
    checkpoint: Checkpoint | None = None


def engine_name(game: Game) -> str:
    """Return which engine plays a game here."""
    if game.name in OWN_ENGINES:
        return OWN_ENGINES[game.name][0]
    if program := _program(game):
        return program
    return "random" if is_random(game) else "tree-search"


def is_random(game: Game) -> bool:
    """Return whether a game is played at random, as nothing is known of what it hides or rolls."""
    return (game.secrets or game.chance) and not determinizes(game)


def choose(game: Game, seen: Seen, budget: Budget, rng: Random) -> Chosen:
    """Return a legal move of the seat that has seen this, by the best engine that has one."""
    if len(seen.legal) == 1:
        return Chosen(seen.legal[0], "none", seen.checkpoint)
    if game.name in OWN_ENGINES:
        name, engine = OWN_ENGINES[game.name]
        return Chosen(engine(game, seen, budget, rng), name)
    if name := _program(game):
        try:
            return Chosen(_running(name).choose(seen, budget, rng), name)
        except EngineFailed as error:
            _log.warning("engine failed: %s", error)
    return search(game, seen, budget, rng)


def search(game: Game, seen: Seen, budget: Budget, rng: Random) -> Chosen:
    """Return a move by tree search; one at random where no states are known to be possible."""
    try:
        possible = possible_states(game, seen)
        tree = Search(game, seen, possible, rng)
        tree.run(budget)
        return Chosen(tree.best(), "tree-search", possible.checkpoint)
    except CannotRebuild:
        return Chosen(rng.choice(seen.legal), "random")


@lru_cache
def _program(game: Game) -> str:
    """Return the name of the program that plays a game; empty where none does."""
    if type(game).__module__ not in PLAYED_BY_PROGRAMS:
        return ""
    names = PROGRAMS if game.name == "chess" else VARIANT_PROGRAMS
    return next((name for name in names if game.name in _variants(name)), "")


@lru_cache
def _variants(name: str) -> frozenset[str]:
    """Return what a program plays; nothing where it is not installed or does not start."""
    try:
        return _running(name).variants() if command(name) else frozenset()
    except EngineFailed as error:
        _log.warning("engine failed: %s", error)
        return frozenset()


@lru_cache
def _running(name: str) -> UciEngine:
    return UciEngine(command(name))
