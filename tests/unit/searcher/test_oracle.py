"""The store reads few searches and matches just those whom comparing all with all would match."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcher.avoidance import ABORTED_TOO_OFTEN
from searcher.matching import Windows
from searcher.memory_tables import MemoryTables
from searcher.search import Search
from searcher.storage import SearchStore
from tests.unit.searcher.oracle import ReferenceQueue

NOW = 1_700_000_000.0
LOGINS = 8

windows = st.sampled_from(
    [Windows(100, 60), Windows(20, 10), Windows(0, 60), Windows(100, 0), Windows(100, 1.5)]
)
ratings = st.floats(0, 3000) | st.floats(1400, 1600) | st.sampled_from([1500.0, 1600.0, 1700.0])
ranges = st.none() | st.sampled_from([0.0, 1.0, 50.0, 150.0]) | st.floats(0, 2000)
logins = st.integers(0, LOGINS - 1).map("player{}".format)
steps = st.one_of(
    st.tuples(st.just("add"), logins, ratings, ranges, st.frozensets(logins, max_size=2)),
    st.tuples(st.just("add"), logins, ratings, ranges, st.just(())),
    st.tuples(st.just("remove"), logins),
    st.tuples(st.just("hold"), logins),
    st.tuples(st.just("release")),
    st.tuples(st.just("abort"), logins, logins),
    st.tuples(st.just("play"), logins, logins),
    st.tuples(st.just("wait"), st.sampled_from([0.3, 1.0, 4.0, 14.5])),
    st.tuples(st.just("wait"), st.floats(0, 30)),
)


class Both:
    """Does the same to the store and to the reference, and compares who meets."""

    def __init__(self, tables, windows, seats):
        self.store = SearchStore(tables, windows, random.Random(1))
        self.reference = ReferenceQueue(windows)
        self.now = NOW
        self.held = {}
        self.games = 0
        self.seats = seats

    def add(self, login, rating, rating_range, avoids=()):
        if login in self.reference.waiting:
            return
        search = Search(
            login, "dobutsu", {}, rating, rating_range, self.now, request_id=login,
            avoids=tuple(avoids), seats=self.seats,
        )
        met = self.store.add(search, self.now)
        assert (met and set(met.players)) == self.reference.add(search, self.now)
        self.complete([met] if met else [])

    def remove(self, login):
        removed = self.store.remove(login)
        assert removed == self.reference.waiting.pop(login, None)

    def hold(self, login):
        """Takes a search out, as a proposal does."""
        if login in self.reference.waiting:
            self.held[login] = self.store.remove(login)
            del self.reference.waiting[login]

    def release(self):
        """Puts searches back, as proposals that lapse do."""
        back = [each for each in self.held.values() if each.login not in self.reference.waiting]
        self.held.clear()
        self.store.put_back(back)
        self.reference.waiting.update({each.login: each for each in back})

    def abort(self, one, other):
        if one != other:
            for _ in range(ABORTED_TOO_OFTEN):
                self.end(one, other, aborted=True)
            self.reference.apart.add(frozenset((one, other)))

    def play(self, one, other):
        if one != other:
            self.end(one, other, aborted=False)
            self.reference.apart.discard(frozenset((one, other)))

    def end(self, one, other, aborted):
        self.games += 1
        self.store.aborted.record((one, other), f"session-{self.games}", aborted, self.now)

    def wait(self, seconds):
        self.now += seconds
        met = self.store.match_all(self.now)
        expected = self.reference.match_all(self.now)
        assert [set(each.players) for each in met] == expected
        self.complete(met)

    def complete(self, met):
        for each in met:
            self.store.complete(each.pairing_id)


def follow(tables, windows, seats, given_steps):
    both = Both(tables, windows, seats)
    for name, *arguments in given_steps:
        getattr(both, name)(*arguments)
    both.wait(1.0)


@pytest.mark.parametrize("seats", [2, 3, 4])
@settings(max_examples=200)
@given(windows, st.lists(steps, max_size=60))
def test_the_same_meet_as_if_all_were_compared(seats, windows, given_steps):
    follow(MemoryTables(), windows, seats, given_steps)


@pytest.mark.parametrize(("seats", "seed"), [(2, 0), (2, 1), (3, 2), (3, 3)])
def test_the_same_meet_on_either_kind_of_tables(tables, seed, seats):
    rng = random.Random(seed)
    given_steps = []
    for number in range(60):
        rating_range = rng.choice([None, None, 40.0, 700.0])
        given_steps.append(("add", f"player{number}", rng.gauss(1500, 700), rating_range))
        given_steps.append(("wait", rng.choice([0.0, 0.5, 2.0])))
        if number % 9 == 0:
            given_steps.append(("hold", f"player{rng.randrange(number + 1)}"))
        if number % 9 == 6:
            given_steps.append(("release",))
        if number % 9 == 7:
            given_steps += [("abort", f"player{number}", f"player{rng.randrange(number)}")]
    follow(tables, Windows(20, 60), seats, given_steps)
