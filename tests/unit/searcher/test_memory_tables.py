"""Tables in memory: orders, and notes that go by themselves."""

import random

import pytest

from searcher import memory_tables
from searcher.memory_tables import MemoryTables, Order
from searcher.proposal_outcomes import ProposalOutcomes
from searcher.ready_check import FIRST_PAUSE_SECONDS


class TestOrder:
    def test_scans_by_score_and_then_by_key(self):
        order = Order()
        for key, score in (("b", 2.0), ("a", 2.0), ("c", 1.0), ("d", 3.0)):
            order.place(key, score)
        assert order.scan(low=1.0, high=2.0) == [("c", 1.0), ("a", 2.0), ("b", 2.0)]
        assert order.scan(limit=2) == [("c", 1.0), ("a", 2.0)]
        assert order.scan(low=2.5) == [("d", 3.0)]

    def test_a_key_stands_where_it_was_placed_last(self):
        order, placed, rng = Order(), {}, random.Random(1)
        for _ in range(500):
            key, score = rng.choice("abcdefgh"), rng.choice([None, 1.0, 2.0, rng.random()])
            order.place(key, score)
            placed[key] = score
        standing = [(score, key) for key, score in placed.items() if score is not None]
        assert order.scan() == [(key, score) for score, key in sorted(standing)]
        assert len(order) == len(standing)


class TestNotes:
    @pytest.fixture
    def outcomes(self):
        return ProposalOutcomes(MemoryTables())

    def test_the_note_that_ends_first_of_too_many_is_forgotten(self, outcomes, monkeypatch):
        monkeypatch.setattr(memory_tables, "MAX_NOTES", 3)
        for number in range(4):
            outcomes.record_miss(f"player-{number}", now=float(number))
        pauses = [outcomes.pause_seconds(f"player-{number}", now=number) for number in range(4)]
        assert pauses == [0, *[FIRST_PAUSE_SECONDS] * 3]

    def test_a_note_ends_in_time(self, clock):
        tables = MemoryTables(clock)
        tables.note("a name", "a value", seconds=10)
        clock.advance(9)
        assert tables.recall("a name") == "a value"
        clock.advance(1)
        assert tables.recall("a name") is None
