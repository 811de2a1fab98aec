"""Who meets whom: the same game and options, near enough by rating, and nearer the less they wait.
"""

from math import inf

import pytest

from searcher.matching import (
    Windows,
    estimate,
    look_ahead,
    meet,
    meets_from,
    window,
)
from searcher.search import Search

WINDOWS = Windows(first=100, widening=60)
NOW = 1000.0


def search(login, rating=1500, waited=0, rating_range=None, game="dobutsu", **options):
    return Search(login, game, options, rating, rating_range, NOW - waited)


def meets(one, other):
    """Whether two searches meet now; it must not matter which of them asks."""
    assert meet(one, other, NOW, WINDOWS) is meet(other, one, NOW, WINDOWS)
    return meet(one, other, NOW, WINDOWS)


class TestWindow:
    def test_the_window_is_at_first_as_wide_as_set(self):
        assert window(0, WINDOWS) == 100

    def test_the_window_widens_with_every_second(self):
        widths = [window(waited, WINDOWS) for waited in range(60)]
        assert all(one < other for one, other in zip(widths, widths[1:], strict=False))

    def test_the_window_is_twice_as_wide_at_half_time(self):
        assert window(30, WINDOWS) == 200

    @pytest.mark.parametrize("waited", [60, 61, 10_000])
    def test_the_window_reaches_everyone_in_the_end(self, waited):
        assert window(waited, WINDOWS) == inf

    def test_a_window_that_does_not_widen_reaches_everyone_at_once(self):
        assert window(0, Windows(100, 0)) == inf


class TestMeet:
    def test_two_of_the_same_strength_who_ask_for_the_same(self):
        assert meets(search("alice", rated=True), search("bob", rated=True))

    def test_a_player_does_not_meet_themselves(self):
        assert not meets(search("alice"), search("alice"))

    def test_another_game_is_not_the_same(self):
        assert not meets(search("alice"), search("bob", game="chess"))

    def test_other_options_are_not_the_same(self):
        assert not meets(search("alice", rated=True), search("bob", rated=False))

    def test_the_order_of_options_does_not_matter(self):
        one = search("alice", rated=True, clock={"initial": 60, "increment": 1})
        other = search("bob", clock={"increment": 1, "initial": 60}, rated=True)
        assert meets(one, other)

    @pytest.mark.parametrize(("distance", "met"), [(0, True), (100, True), (100.5, False)])
    def test_only_players_within_the_first_window_meet_at_first(self, distance, met):
        assert meets(search("alice", 1500), search("bob", 1500 + distance)) is met

    @pytest.mark.parametrize(("distance", "met"), [(200, True), (201, False)])
    def test_the_window_is_that_of_who_has_waited_longer(self, distance, met):
        assert meets(search("alice", 1500, waited=30), search("bob", 1500 + distance)) is met

    def test_players_who_have_waited_long_enough_meet_anybody(self):
        assert meets(search("alice", 0, waited=60), search("bob", 3000))

    @pytest.mark.parametrize("waited", [0, 60, 10_000])
    def test_never_farther_apart_than_either_ones_range(self, waited):
        alice = search("alice", 1500, waited, rating_range=50)
        assert meets(alice, search("bob", 1550, waited))
        assert not meets(alice, search("bob", 1550.5, waited))

    def test_the_narrower_of_two_ranges_counts(self):
        alice = search("alice", 1500, 60, rating_range=500)
        assert not meets(alice, search("bob", 1600, 60, rating_range=50))

    def test_a_range_does_not_widen_the_window(self):
        assert not meets(search("alice", 1500, rating_range=500), search("bob", 1700))

    def test_a_range_of_nothing_is_met_by_exactly_the_same_rating(self):
        assert meets(search("alice", rating_range=0), search("bob", rating_range=0))


class TestLookAhead:
    @pytest.mark.parametrize("distance", [0, 100, 150, 200, 1000])
    def test_two_meet_from_the_moment_when_the_window_reaches(self, distance):
        one, other = search("alice", waited=5), search("bob", 1500 + distance)
        moment = meets_from(one, other, WINDOWS, {})
        assert meet(one, other, moment + 0.001, WINDOWS)
        assert distance <= WINDOWS.first or not meet(one, other, moment - 0.001, WINDOWS)

    def test_two_never_meet_beyond_a_range(self):
        one, other = search("alice", rating_range=50), search("bob", 1551)
        assert meets_from(one, other, WINDOWS, {}) == inf

    def test_two_who_are_kept_apart_meet_afterwards(self):
        apart = {frozenset(("alice", "bob")): NOW + 500}
        assert meets_from(search("alice"), search("bob"), WINDOWS, apart) == NOW + 500

    def test_the_look_ahead_is_twice_the_oldest_window(self):
        ahead = look_ahead(search("alice"), inf, NOW - 20, NOW, WINDOWS)
        assert (ahead.points, ahead.until) == (300, NOW + 20)

    def test_the_look_ahead_ends_at_the_range(self):
        ahead = look_ahead(search("alice", rating_range=150), inf, NOW - 20, NOW, WINDOWS)
        assert (ahead.points, ahead.until) == (150, inf)
        assert look_ahead(search("alice"), 64.0, NOW - 20, NOW, WINDOWS).points == 64

    @pytest.mark.parametrize("waited", [58, 60, 1000])
    def test_the_look_ahead_is_unlimited_where_a_window_soon_is(self, waited):
        ahead = look_ahead(search("alice"), inf, NOW - waited, NOW, WINDOWS)
        assert (ahead.points, ahead.until) == (inf, inf)


@pytest.mark.parametrize(
    ("rating_range", "limit"), [(None, inf), (0.0, 0.0), (0.5, 1.0), (50, 64), (5000, inf)]
)
def test_a_range_limit_covers_the_range(rating_range, limit):
    assert search("alice", rating_range=rating_range).range_limit == limit


@pytest.mark.parametrize(
    ("waits", "seconds"), [([], None), ([7.0], 7.0), ([9, 1, 2], 2), ([1, 2, 4, 100], 3)]
)
def test_the_estimate_is_the_median_of_the_last_waits(waits, seconds):
    assert estimate(waits) == seconds
