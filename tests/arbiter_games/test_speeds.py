"""The speed of each clock, by worked examples at the bounds."""

import pytest

from arbiter_games.speeds import SPEEDS, speed_of


@pytest.mark.parametrize(("clock", "speed"), [
    (None, "classical"),
    ({"initial": 60, "increment": 0}, "bullet"), ({"initial": 60, "increment": 2}, "bullet"),
    ({"initial": 179, "increment": 0}, "bullet"), ({"initial": 180, "increment": 0}, "blitz"),
    ({"initial": 60, "increment": 3}, "blitz"), ({"initial": 300, "increment": 4}, "blitz"),
    ({"initial": 300, "increment": 4.5}, "rapid"), ({"initial": 480, "increment": 0}, "rapid"),
    ({"initial": 900, "increment": 10}, "rapid"), ({"initial": 900, "increment": 15}, "classical"),
    ({"initial": 1, "increment": 180}, "classical"),
    ({"initial": 60, "delay": 3}, "blitz"), ({"initial": 179, "bronstein": 0.01}, "bullet"),
    ({"initial": 300, "bronstein": 5}, "rapid"),
    ({"initial": 0, "period": 5, "periods": 3}, "bullet"),
    ({"initial": 0, "period": 10, "periods": 1}, "blitz"),
    ({"initial": 600, "period": 30, "periods": 3}, "rapid"),
    ({"initial": 600, "period": 60, "periods": 3}, "classical"),
    ({"days": 1, "vacation": 0}, "days"), ({"days": 14, "vacation": 30}, "days"),
], ids=str)
def test_a_clock_has_a_speed(clock, speed):
    assert speed_of(clock) == speed
    assert speed in SPEEDS
