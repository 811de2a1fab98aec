"""Two levels play by their clocks, and a table tells of their games."""

import re
import sys
from random import Random
from types import SimpleNamespace

import pytest

from bots import contest
from bots.contest import Player
from bots.engines.move_choice import Chosen
from docs.examples.tictactoe import TicTacToe


@pytest.fixture
def took(monkeypatch):
    """Have moves by lot take these seconds; return what a player has left after one."""
    def think(seconds, left):
        player = Player(1, by_lot, left=left, increment=0.5)
        monkeypatch.setattr(contest, "time", SimpleNamespace(monotonic=iter([0, seconds]).__next__))
        player.think(TicTacToe(), SimpleNamespace(legal=["a1"]), Random(1))
        return player.left

    return think


def by_lot(game, seen, budget, rng):
    return Chosen(rng.choice(seen.legal), "random")


def test_a_move_costs_its_time_and_gives_the_increment(took):
    assert took(2, left=10) == 8.5
    assert took(2, left=None) is None


def test_a_clock_that_has_run_out_is_an_error(took):
    with pytest.raises(RuntimeError, match="level 1 has lost tictactoe on time"):
        took(2, left=1.5)


def test_the_contests_are_printed_as_a_table(monkeypatch, capsys):
    given = ["contest", "dobutsu", "--levels", "2", "1", "--games", "2", "--hurry", "1000"]
    monkeypatch.setattr(sys, "argv", given)
    contest.main()
    header, line, row = capsys.readouterr().out.splitlines()
    assert "level 2 won" in header and header.count("|") == line.count("|") == row.count("|")
    name, _, *counts = re.findall(r"[^| ]+", row.partition(" s ")[0])[:6]
    assert name == "dobutsu" and sum(map(int, counts[1:])) == int(counts[0]) == 2
