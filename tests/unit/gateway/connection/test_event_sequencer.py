"""The events of a session reach a connection in order, each once, from the snapshot on."""

import random

import pytest

from gateway.connection.event_sequencer import EventSequencer


@pytest.fixture
def begun():
    """A sequence whose client has the snapshot of version 5."""
    sequence = EventSequencer()
    sequence.begin(5)
    return sequence


def test_until_the_snapshot_is_there_everything_is_held():
    sequence = EventSequencer()
    assert [sequence.take(version, version) for version in (6, 5, 7)] == [[], [], []]
    assert sequence.version is None
    assert not sequence.gap


def test_with_the_snapshot_comes_what_follows_it_and_nothing_that_it_holds_already():
    sequence = EventSequencer()
    for version in (7, 4, 5, 6, 9):
        sequence.take(version, version)
    assert sequence.begin(5) == [6, 7]
    assert sequence.version == 7


def test_what_comes_in_order_is_let_through(begun):
    assert [begun.take(version, version) for version in (6, 7, 8)] == [[6], [7], [8]]
    assert begun.version == 8


@pytest.mark.parametrize("version", [0, 4, 5])
def test_what_is_in_the_snapshot_is_dropped(begun, version):
    assert begun.take(version, version) == []
    assert not begun.gap


def test_what_comes_twice_comes_through_once(begun):
    begun.take(6, "first")
    assert begun.take(6, "again") == []


def test_what_comes_too_early_waits_and_is_a_gap(begun):
    assert begun.take(8, 8) == []
    assert begun.take(7, 7) == []
    assert begun.gap
    assert begun.take(6, 6) == [6, 7, 8]
    assert not begun.gap


def test_what_comes_too_early_twice_comes_through_once(begun):
    begun.take(7, "first")
    begun.take(7, "again")
    assert begun.take(6, 6) == [6, "first"]


def test_a_later_snapshot_closes_the_gap(begun):
    begun.take(9, 9)
    assert begun.begin(8) == [9]
    assert not begun.gap


@pytest.mark.parametrize("seed", range(20))
def test_however_they_come_each_comes_through_once_and_in_order(seed):
    rng = random.Random(seed)
    coming = [*range(1, 21), *rng.choices(range(1, 21), k=20)]
    rng.shuffle(coming)
    sequence, begins_at, came = EventSequencer(), rng.randrange(40), []
    for number, version in enumerate(coming):
        if number == begins_at:
            came += sequence.begin(3)
        came += sequence.take(version, version)
    assert came == list(range(4, 21))
    assert not sequence.gap
