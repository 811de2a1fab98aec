"""Who plays together: groups of which any two meet, and the longest waiting first."""

from functools import partial

import pytest

from searcher import grouping
from searcher.grouping import group, groups
from searcher.matching import Windows, meet
from searcher.search import Search

NOW = 1000.0

meets = partial(meet, now=NOW, windows=Windows(first=100, widening=60))


def search(login, rating=1500, waited=0, seats=2, avoids=()):
    return Search(login, "dobutsu", {}, rating, None, NOW - waited, avoids=avoids, seats=seats)


def logins(found):
    return found and [each.login for each in found]


def first(seeker, *waiting):
    return logins(group(seeker, [each for each in waiting if meets(seeker, each)], meets))


def chosen(*waiting):
    searches = [
        (each, [other for other in waiting if meets(each, other)]) for each in waiting
    ]
    return [logins(each) for each in groups(searches, meets)]


class TestPair:
    def test_the_opponent_is_the_compatible_one_waiting_longest(self):
        waiting = [search("new"), search("old", waited=10), search("far", 2500, waited=20)]
        assert first(search("alice"), *waiting) == ["old", "alice"]

    def test_equal_waits_are_ordered_by_login(self):
        waiting = [search("carol"), search("bob")]
        for order in (waiting, waiting[::-1]):
            assert first(search("alice"), *order) == ["alice", "bob"]

    def test_no_opponent_is_found_where_nobody_meets(self):
        assert first(search("alice"), search("far", 2500)) is None
        assert first(search("alice")) is None


class TestMany:
    def test_all_of_a_group_are_near_one_another(self):
        low, high = search("low", 1420, seats=3), search("high", 1580, seats=3)
        assert first(search("alice", seats=3), low, high) is None
        near = search("near", 1490, seats=3)
        assert first(search("alice", seats=3), low, high, near) == ["alice", "high", "near"]

    def test_a_block_between_two_others_keeps_both_from_a_group(self):
        bob = search("bob", waited=20, seats=3, avoids=("carol",))
        carol = search("carol", waited=10, seats=3)
        assert first(search("alice", seats=3), bob, carol) is None
        dave = search("dave", seats=3)
        assert first(search("alice", seats=3), bob, carol, dave) == ["bob", "alice", "dave"]

    def test_a_group_found_later_than_at_first_is_complete(self):
        old = search("old", 1400, waited=9, seats=4)
        others = [search(login, 1590, waited=5, seats=4) for login in ("bob", "carol", "dave")]
        assert first(search("alice", seats=4), old, *others) == ["bob", "carol", "dave", "alice"]

    def test_those_who_ask_for_other_seats_do_not_meet(self):
        assert chosen(search("alice", seats=3), search("bob", seats=3), search("carol")) == []

    def test_the_search_for_a_group_is_bounded(self, monkeypatch):
        compared = []

        def never_meet(one, other):
            compared.append((one, other))
            return False

        waiting = [search(str(number), seats=4) for number in range(100)]
        monkeypatch.setattr(grouping, "MAX_COMPARISONS", 50)
        assert group(search("alice", seats=4), waiting, never_meet) is None
        assert len(compared) == 50


class TestGroups:
    def test_compatible_players_are_paired_longest_waiting_first(self):
        assert chosen(
            search("new"), search("oldest", waited=10), search("far", 9000),
            search("older", waited=5), search("newer", waited=2),
        ) == [["oldest", "older"], ["newer", "new"]]

    @pytest.mark.parametrize(("seats", "number"), [(2, 3), (3, 2), (7, 1), (8, 0)])
    def test_a_player_is_in_one_group_only(self, seats, number):
        found = chosen(*(search(str(number), seats=seats) for number in range(7)))
        assert len(found) == number
        assert len({login for each in found for login in each}) == number * seats

    def test_a_player_who_meets_nobody_keeps_no_others_apart(self):
        far = search("far", 9000, waited=30)
        assert chosen(far, search("alice"), search("bob")) == [["alice", "bob"]]
