"""Each fault that is planted in a small game is named by its law, and none hangs the kit."""

import pytest

from arbiter_games.testing import BrokenLaw, assert_game_conforms, conformance, time_limit
from tests.arbiter_games.testing.planted import PLANTED

QUICK_SHARE = 6  # one of so many is planted by `make test` too


def marks(number):
    return () if number % QUICK_SHARE == 0 else pytest.mark.slow


FAULTS = [
    pytest.param(game, law, *lookalike or [None], marks=marks(number))
    for number, (game, law, *lookalike) in enumerate(PLANTED)
]


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """End what hangs soon, and do not look for the smallest example."""
    monkeypatch.setattr(conformance, "installed_hosts", list)
    monkeypatch.setattr(conformance, "SHRINK_SECONDS", 0.0)
    (timer, number, _), waiting = time_limit.TIMERS
    monkeypatch.setattr(time_limit, "TIMERS", [(timer, number, 0.3), waiting])
    monkeypatch.setattr(time_limit, "PACE_SECONDS", 0.5)
    monkeypatch.setattr(time_limit, "MEAN_SECONDS", 0.005)


@pytest.mark.parametrize(("planted", "law", "lookalike"), FAULTS)
def test_a_planted_fault_is_named_by_its_law(planted, law, lookalike):
    with pytest.raises(BrokenLaw) as caught:
        assert_game_conforms(planted(), examples=5, max_moves=400, lookalike=lookalike)
    assert caught.value.law == law, caught.value
