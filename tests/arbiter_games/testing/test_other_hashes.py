"""A game that is played in a second process, where texts have other hashes."""

import importlib
import os

import pytest

from arbiter_games.testing import BrokenLaw, other_hashes
from arbiter_games.testing.other_hashes import require_same_elsewhere
from tests.arbiter_games.testing.games import Countdown

OPTIONS = {"stones": 6}


def is_elsewhere():
    return os.getppid() == int(os.environ.get("HERE", "0"))


class Prints(Countdown):
    def apply(self, state, player, move):
        print("applied", move)
        return super().apply(state, player, move)


class RaisesElsewhere(Countdown):
    def to_move(self, state):
        if is_elsewhere():
            raise KeyError("ash")
        return super().to_move(state)


class HangsElsewhere(Countdown):
    def to_move(self, state):
        while is_elsewhere():
            pass
        return super().to_move(state)


@pytest.fixture(autouse=True)
def second_process(monkeypatch):
    """Start a second process that knows where it is."""
    monkeypatch.setenv("HERE", str(os.getpid()))
    other_hashes._child.cache_clear()
    yield
    other_hashes._end(other_hashes._child())
    other_hashes._child.cache_clear()


def test_a_game_may_print():
    require_same_elsewhere(Prints(), OPTIONS)


def test_a_game_that_raises_only_there_is_named():
    with pytest.raises(BrokenLaw, match="other hashes"):
        require_same_elsewhere(RaisesElsewhere(), OPTIONS)
    require_same_elsewhere(Countdown(), OPTIONS)


def test_a_game_that_never_ends_there_is_named(monkeypatch):
    monkeypatch.setattr(other_hashes, "MAX_SECONDS", 2)
    with pytest.raises(BrokenLaw, match="was not done"):
        require_same_elsewhere(HangsElsewhere(), OPTIONS)
    monkeypatch.setattr(other_hashes, "MAX_SECONDS", 60)
    require_same_elsewhere(Countdown(), OPTIONS)


def test_the_same_module_is_imported_there(monkeypatch, tmp_path):
    for folder, stones in (("game", 1), ("elsewhere", 2)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "planted_twice.py").write_text(
            "from tests.arbiter_games.testing.games import Countdown\n\n"
            "class Twice(Countdown):\n    def setup(self, players, options, rng):\n"
            f"        return {{'stones': {stones}, 'taken': []}}\n"
        )
    monkeypatch.syspath_prepend(str(tmp_path / "game"))
    monkeypatch.syspath_prepend(os.getcwd())
    game = importlib.import_module("planted_twice").Twice()
    monkeypatch.chdir(tmp_path / "elsewhere")
    require_same_elsewhere(game, OPTIONS)
