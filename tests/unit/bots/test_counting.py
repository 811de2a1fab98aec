"""Battleship: shots go where ships are likely."""

from random import Random

from arbiter_games.battleship import FLEET, Battleship
from bots.engines.levels import budget
from bots.engines.move_choice import choose
from tests.unit.bots.seeing import seen_by

PLACED = [(seat, f"{ship}@{'acegi'[number]}1v") for seat in (0, 1)
          for number, ship in enumerate(FLEET)]


def test_a_hit_is_followed_by_its_neighbours():
    moves = [*PLACED, (0, "e2"), (1, "j10")]
    for seed in range(5):
        chosen = choose(Battleship(), seen_by(Battleship(), 0, moves), budget(4), Random(seed))
        assert chosen.move in ("d2", "e1", "e3", "f2")


def test_a_ship_that_can_only_lie_one_way_is_found():
    moves = [*PLACED, (0, "i1"), (1, "j10"), (0, "h1"), (1, "j9"), (0, "j1"), (1, "j8")]
    chosen = choose(Battleship(), seen_by(Battleship(), 0, moves), budget(3), Random(1))
    assert chosen.move == "i2"


def test_ships_are_placed_by_lot():
    seen = seen_by(Battleship(), 0, [])
    assert len({choose(Battleship(), seen, budget(5), Random(seed)).move
                for seed in range(5)}) > 1
