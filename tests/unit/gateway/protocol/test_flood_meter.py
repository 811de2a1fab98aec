"""A flood is told from use by what comes within a window."""

import pytest

from gateway.protocol.flood_meter import WINDOW_SECONDS, FloodMeter


@pytest.fixture
def clock():
    return [1000.0]


@pytest.fixture
def meter(clock):
    """Allows ten items, and a hundred bytes, within the window."""
    return FloodMeter(10, 100, clock=lambda: clock[0])


def test_an_allowed_rate_is_no_flood(meter, clock):
    for _ in range(100):
        assert not any(meter.count(1, 10) for _ in range(10))
        clock[0] += WINDOW_SECONDS


@pytest.mark.parametrize(("items", "size"), [(11, 1), (1, 101)])
def test_more_than_allowed_in_a_moment_is_a_flood(meter, items, size):
    assert meter.count(items, size)


def test_flood_that_begins_late_is_noticed(meter, clock):
    clock[0] += 100 * WINDOW_SECONDS
    assert any(meter.count(1, 1) for _ in range(30))
