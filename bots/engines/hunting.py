"""Battleship by counting: shoots where most of the fleets that are possible have a ship.

A random game after a shot says next to nothing about it, so a tree search is of no use here.
"""

from collections import Counter
from random import Random

from arbiter_games.contract import Game, Move
from bots.engines.levels import Budget
from bots.engines.seen import Seen

MAX_FLEETS = {1: 0, 2: 1, 3: 4, 4: 20, 5: 200}


def choose(game: Game, seen: Seen, budget: Budget, rng: Random) -> Move:
    """Return a move; the first level shoots at random, and ships are placed by lot."""
    if seen.view["turn"] is None:
        return rng.choice(seen.legal)
    counts: Counter[Move] = Counter()
    for number in range(MAX_FLEETS[budget.level]):
        if number and budget.is_spent:
            break
        state = game.determinize(seen.view, seen.seat, rng)
        for line in game.reveal(state)["fleets"][1 - seen.seat].values():
            counts.update(line)
    best = max((counts[move] for move in seen.legal), default=0)
    return rng.choice([move for move in seen.legal if counts[move] == best])
