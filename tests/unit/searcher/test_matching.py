"""Who meets whom: the same game and options, near enough by rating, and nearer the less they wait.
"""

from math import inf

import pytest

from searcher.matching import Request, Windows, estimate, meet, opponent, pairs, window

WINDOWS = Windows(first=100, widening=60)
NOW = 1000.0


def request(login, rating=1500, waited=0, rating_range=None, game="dobutsu", **options):
    return Request(login, game, options, rating, rating_range, NOW - waited)


def meets(one, other):
    """Whether two requests meet now; it must not matter which of them asks."""
    assert meet(one, other, NOW, WINDOWS) is meet(other, one, NOW, WINDOWS)
    return meet(one, other, NOW, WINDOWS)


class TestWindow:
    def test_at_first_it_is_as_wide_as_set(self):
        assert window(0, WINDOWS) == 100

    def test_it_widens_with_every_second(self):
        widths = [window(waited, WINDOWS) for waited in range(60)]
        assert all(one < other for one, other in zip(widths, widths[1:], strict=False))

    def test_at_half_time_it_is_twice_as_wide(self):
        assert window(30, WINDOWS) == 200

    @pytest.mark.parametrize("waited", [60, 61, 10_000])
    def test_in_the_end_it_reaches_everyone(self, waited):
        assert window(waited, WINDOWS) == inf

    def test_without_widening_it_reaches_everyone_at_once(self):
        assert window(0, Windows(100, 0)) == inf


class TestMeet:
    def test_two_of_the_same_strength_who_ask_for_the_same(self):
        assert meets(request("alice", rated=True), request("bob", rated=True))

    def test_nobody_meets_themselves(self):
        assert not meets(request("alice"), request("alice"))

    def test_another_game_is_not_the_same(self):
        assert not meets(request("alice"), request("bob", game="chess"))

    def test_other_options_are_not_the_same(self):
        assert not meets(request("alice", rated=True), request("bob", rated=False))

    def test_the_order_of_options_does_not_matter(self):
        one = request("alice", rated=True, clock={"initial": 60, "increment": 1})
        other = request("bob", clock={"increment": 1, "initial": 60}, rated=True)
        assert meets(one, other)

    @pytest.mark.parametrize(("distance", "met"), [(0, True), (100, True), (100.5, False)])
    def test_at_first_only_those_within_the_first_window(self, distance, met):
        assert meets(request("alice", 1500), request("bob", 1500 + distance)) is met

    @pytest.mark.parametrize(("distance", "met"), [(200, True), (201, False)])
    def test_the_window_is_that_of_who_has_waited_longer(self, distance, met):
        assert meets(request("alice", 1500, waited=30), request("bob", 1500 + distance)) is met

    def test_after_long_enough_anybody(self):
        assert meets(request("alice", 0, waited=60), request("bob", 3000))

    @pytest.mark.parametrize("waited", [0, 60, 10_000])
    def test_never_farther_apart_than_either_ones_range(self, waited):
        alice = request("alice", 1500, waited, rating_range=50)
        assert meets(alice, request("bob", 1550, waited))
        assert not meets(alice, request("bob", 1550.5, waited))

    def test_the_narrower_of_two_ranges_counts(self):
        alice = request("alice", 1500, 60, rating_range=500)
        assert not meets(alice, request("bob", 1600, 60, rating_range=50))

    def test_a_range_does_not_widen_the_window(self):
        assert not meets(request("alice", 1500, rating_range=500), request("bob", 1700))

    def test_a_range_of_nothing_is_met_by_exactly_the_same_rating(self):
        assert meets(request("alice", rating_range=0), request("bob", rating_range=0))


class TestOpponent:
    def test_is_the_one_who_has_waited_longest_of_those_who_meet(self):
        waiting = [
            request("new"), request("old", waited=10), request("far", rating=2500, waited=20)
        ]
        assert opponent(request("alice"), waiting, NOW, WINDOWS).login == "old"

    def test_of_two_who_have_waited_as_long_it_is_always_the_same(self):
        waiting = [request("carol"), request("bob")]
        for order in (waiting, waiting[::-1]):
            assert opponent(request("alice"), order, NOW, WINDOWS).login == "bob"

    def test_is_nobody_where_nobody_meets(self):
        assert opponent(request("alice"), [request("far", rating=2500)], NOW, WINDOWS) is None
        assert opponent(request("alice"), [], NOW, WINDOWS) is None


class TestPairs:
    def test_everybody_who_meets_somebody_the_longest_waiting_first(self):
        waiting = [
            request("new"), request("oldest", waited=10), request("far", rating=9000),
            request("older", waited=5), request("newer", waited=2),
        ]
        found = pairs(waiting, NOW, WINDOWS)
        assert [(one.login, other.login) for one, other in found] == [
            ("oldest", "older"), ("newer", "new")
        ]

    def test_nobody_is_in_two(self):
        found = pairs([request(str(n)) for n in range(7)], NOW, WINDOWS)
        logins = [each.login for pair in found for each in pair]
        assert len(found) == 3
        assert len(set(logins)) == 6

    def test_who_meets_nobody_does_not_keep_others_apart(self):
        waiting = [request("far", rating=9000, waited=30), request("alice"), request("bob")]
        assert len(pairs(waiting, NOW, WINDOWS)) == 1

    def test_those_who_wait_are_left_as_they_were(self):
        waiting = [request("bob"), request("alice", waited=5)]
        pairs(waiting, NOW, WINDOWS)
        assert [each.login for each in waiting] == ["bob", "alice"]


@pytest.mark.parametrize(
    ("waits", "seconds"), [([], None), ([7.0], 7.0), ([9, 1, 2], 2), ([1, 2, 4, 100], 3)]
)
def test_a_search_is_estimated_to_take_the_median_of_the_last_ones(waits, seconds):
    assert estimate(waits) == seconds
