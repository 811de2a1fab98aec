"""The events of a session are released in order, each once, after the snapshot."""

import random

import pytest

from gateway.connection.event_sequencer import EventSequencer


@pytest.fixture
def started():
    """A sequencer whose client has the snapshot of version 5."""
    sequencer = EventSequencer()
    sequencer.begin(5)
    return sequencer


def test_everything_is_held_until_the_snapshot():
    sequencer = EventSequencer()
    assert [sequencer.take(version, version) for version in (6, 5, 7)] == [[], [], []]
    assert sequencer.version is None
    assert not sequencer.has_gap


def test_snapshot_releases_only_what_follows_it():
    sequencer = EventSequencer()
    for version in (7, 4, 5, 6, 9):
        sequencer.take(version, version)
    assert sequencer.begin(5) == [6, 7]
    assert sequencer.version == 7


def test_events_in_order_are_released(started):
    assert [started.take(version, version) for version in (6, 7, 8)] == [[6], [7], [8]]
    assert started.version == 8


@pytest.mark.parametrize("version", [0, 4, 5])
def test_event_in_the_snapshot_is_dropped(started, version):
    assert started.take(version, version) == []
    assert not started.has_gap


def test_repeated_event_is_dropped(started):
    started.take(6, "first")
    assert started.take(6, "again") == []


def test_early_event_is_held_and_makes_a_gap(started):
    assert started.take(8, 8) == []
    assert started.take(7, 7) == []
    assert started.has_gap
    assert started.take(6, 6) == [6, 7, 8]
    assert not started.has_gap


def test_repeated_early_event_is_released_once(started):
    started.take(7, "first")
    started.take(7, "again")
    assert started.take(6, 6) == [6, "first"]


def test_later_snapshot_closes_the_gap(started):
    started.take(9, 9)
    assert started.begin(8) == [9]
    assert not started.has_gap


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_arrival_is_put_in_order(seed):
    rng = random.Random(seed)
    arriving = [*range(1, 21), *rng.choices(range(1, 21), k=20)]
    rng.shuffle(arriving)
    sequencer, begins_at, released = EventSequencer(), rng.randrange(40), []
    for number, version in enumerate(arriving):
        if number == begins_at:
            released += sequencer.begin(3)
        released += sequencer.take(version, version)
    assert released == list(range(4, 21))
    assert not sequencer.has_gap
