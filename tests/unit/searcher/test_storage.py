"""What every store of waiting requests does, whatever it keeps them in."""

import random
from dataclasses import replace

import pytest

from extensions.errors import StorageBusy
from searcher import counting
from searcher.matching import Windows
from searcher.search import Search
from searcher.statistics import Statistics

WINDOWS = Windows(first=100, widening=60)
NOW = 1_700_000_000.0


@pytest.fixture
def store(new_store):
    return new_store(WINDOWS, random.Random(1))


def search(login, rating=1500.0, since=NOW, game="dobutsu", connection=None, until=NOW + 15):
    options = {"clock": None, "rated": True}
    return Search(login, game, options, rating, None, since, connection, until)


def logins(requests):
    return sorted(request.login for request in requests)


class TestAdd:
    def test_somebody_alone_waits(self, store):
        request = search("alice")
        assert store.add(request, NOW) is None
        assert store.search_of("alice") == request
        assert store.pairing_of("alice") is None

    def test_a_player_who_meets_somebody_is_paired_at_once(self, store):
        store.add(search("alice"), NOW)
        pairing = store.add(search("bob"), NOW + 5)
        assert sorted(pairing.players) == ["alice", "bob"]
        assert (pairing.game, pairing.options, pairing.taken_at) == (
            "dobutsu", {"clock": None, "rated": True}, NOW + 5
        )

    def test_paired_players_are_not_in_the_queue(self, store):
        store.add(search("alice"), NOW)
        pairing = store.add(search("bob"), NOW)
        for login in ("alice", "bob"):
            assert store.search_of(login) is None
            assert store.pairing_of(login) == pairing

    @pytest.mark.parametrize("avoided", ["alice", "bob"])
    def test_players_of_whom_one_avoids_the_other_wait(self, store, avoided):
        for login, other in (("alice", "bob"), ("bob", "alice")):
            avoids = (other,) if other == avoided else ()
            assert store.add(replace(search(login), avoids=avoids), NOW) is None
        assert list(store.match_all(NOW + 120)) == []
        assert store.add(search("carol"), NOW + 5) is not None

    def test_somebody_too_far_away_waits(self, store):
        store.add(search("alice"), NOW)
        assert store.add(search("bob", rating=1700), NOW) is None
        assert store.count_searching(search("bob"), NOW) == 2

    def test_every_pairing_has_a_name_of_its_own(self, store):
        names = set()
        for n in range(10):
            store.add(search(f"alice{n}"), NOW)
            names.add(store.add(search(f"bob{n}"), NOW).pairing_id)
        assert len(names) == 10

    def test_the_first_player_is_drawn_by_lot(self, store):
        first = set()
        for _ in range(30):
            store.add(search("alice"), NOW)
            pairing = store.add(search("bob"), NOW)
            store.complete(pairing.pairing_id)
            first.add(pairing.players[0])
        assert first == {"alice", "bob"}


class TestManyWaiting:
    """What is read does not grow with those who wait and can't be met."""

    @pytest.fixture
    def read(self, store, tables, monkeypatch):
        """Return how many rows and entries a call reads, once so many wait far from one another."""

        def read(waiting, ask):
            for number in range(waiting):
                rating = 1000.0 * (number + 10 * waiting)
                store.add(search(f"{waiting}-{number}", rating=rating), NOW)
            counted = []
            with monkeypatch.context() as counting:
                for name in ("fetch", "scan", "names"):
                    counting.setattr(tables, name, count(getattr(tables, name), counted))
                ask(store, waiting)
            return sum(counted)

        def count(method, counted):
            def call(*arguments):
                found = method(*arguments)
                counted.append(sum(
                    len(each) if isinstance(each, list) else 1 for each in found
                ))
                return found

            return call

        return read

    @pytest.mark.parametrize("ask", [
        lambda store, n: store.add(search(f"after {n}", rating=-1000.0 * n), NOW),
        lambda store, _: store.match_all(NOW + 1),
        lambda store, _: store.drop_abandoned(NOW + 1),
        lambda store, _: store.expire_searches(NOW - 1),
    ], ids=["one who is added", "a tick", "a sweep", "the expiry"])
    def test_many_who_wait_cost_no_more_than_few(self, read, ask):
        few = read(20, ask)
        assert read(400, ask) <= few + 5


class TestRemove:
    def test_removing_takes_the_search_out(self, store):
        store.add(search("alice"), NOW)
        assert store.remove("alice").login == "alice"
        assert store.search_of("alice") is None
        assert store.add(search("bob"), NOW) is None

    def test_empty_queue_gives_no_search(self, store):
        assert store.remove("alice") is None

    def test_removing_for_a_connection_takes_only_its_own_search(self, store):
        store.add(search("alice", connection="this one"), NOW)
        assert store.remove("alice", "another one") is None
        assert store.search_of("alice")
        assert store.remove("alice", "this one")

    def test_removing_for_a_connection_leaves_a_search_of_none(self, store):
        store.add(search("alice"), NOW)
        assert store.remove("alice", "a connection") is None


class TestRenew:
    def test_prolongs_searches_and_tells_which_are_none(self, store):
        store.add(search("alice", connection="a"), NOW)
        store.add(search("bob", rating=3000, connection="b"), NOW)
        assert store.renew({"alice": "a", "carol": "c"}, NOW + 30) == ["carol"]
        assert logins(store.drop_abandoned(NOW + 20)) == ["bob"]

    def test_renewing_does_not_prolong_another_connections_search(self, store):
        store.add(search("alice", connection="a"), NOW)
        assert store.renew({"alice": "another"}, NOW + 30) == ["alice"]
        assert logins(store.drop_abandoned(NOW + 20)) == ["alice"]

    def test_a_player_being_paired_is_not_missing(self, store):
        store.add(search("alice", connection="a"), NOW)
        store.add(search("bob", connection="b"), NOW)
        assert store.renew({"alice": "a", "bob": "b"}, NOW + 30) == []

    def test_a_renewed_search_can_be_paired_and_does_not_come_back(self, store):
        store.add(search("alice", connection="a"), NOW)
        store.renew({"alice": "a"}, NOW + 30)
        assert store.add(search("bob"), NOW)
        assert store.count_searching(search("alice"), NOW) == 0


class TestMatchAll:
    def test_pairs_who_are_near_enough_after_waiting(self, store):
        store.add(search("alice"), NOW)
        store.add(search("bob", rating=1700), NOW)
        assert store.match_all(NOW + 29) == []
        [pairing] = store.match_all(NOW + 30)
        assert sorted(pairing.players) == ["alice", "bob"]
        assert store.match_all(NOW + 60) == []

    def test_searches_for_different_games_do_not_meet(self, store):
        store.add(search("alice"), NOW)
        store.add(search("bob", game="chess"), NOW)
        assert store.match_all(NOW + 1000) == []


class TestEnds:
    def test_a_search_that_nobody_keeps_alive_is_dropped(self, store):
        store.add(search("alice", until=NOW + 15), NOW)
        assert store.drop_abandoned(NOW + 15) == []
        assert logins(store.drop_abandoned(NOW + 16)) == ["alice"]
        assert store.search_of("alice") is None
        assert store.drop_abandoned(NOW + 16) == []

    def test_a_search_that_has_waited_too_long_expires(self, store):
        store.add(search("alice"), NOW)
        store.add(search("bob", rating=3000, since=NOW + 10), NOW + 10)
        assert store.expire_searches(NOW - 1) == []
        assert logins(store.expire_searches(NOW)) == ["alice"]
        assert store.search_of("alice") is None
        assert store.search_of("bob")


class TestUnfinished:
    def test_a_pairing_is_kept_until_its_session_is_known(self, store):
        store.add(search("alice"), NOW)
        pairing = store.add(search("bob"), NOW)
        assert store.unfinished(NOW + 1) == [pairing]
        assert store.unfinished(NOW + 2) == [pairing]
        assert store.complete(pairing.pairing_id) is True
        assert store.unfinished(NOW + 3) == []
        assert store.pairing_of("alice") is None

    def test_one_that_has_just_been_taken_is_not_unfinished(self, store):
        store.add(search("alice"), NOW)
        store.add(search("bob"), NOW)
        assert store.unfinished(NOW) == []

    def test_a_pairing_is_completed_once(self, store):
        store.add(search("alice"), NOW)
        pairing = store.add(search("bob"), NOW)
        store.complete(pairing.pairing_id)
        assert store.complete(pairing.pairing_id) is False


class TestCounts:
    def test_searches_for_the_same_are_counted(self, store):
        store.add(search("alice"), NOW)
        store.add(search("bob", rating=3000), NOW)
        store.add(search("carol", game="chess"), NOW)
        assert store.count_searching(search("alice"), NOW) == 2
        store.remove("bob")
        assert store.count_searching(search("alice"), NOW) == 1
        store.remove("alice")
        assert store.count_searching(search("alice"), NOW) == 0

    @pytest.mark.parametrize("avoiding", ["alice", "bob"])
    def test_one_who_avoids_the_player_is_not_counted(self, store, avoiding):
        alice, bob = (
            replace(search(login), avoids=(other,) if login == avoiding else ())
            for login, other in (("alice", "bob"), ("bob", "alice"))
        )
        store.add(alice, NOW)
        store.add(bob, NOW)
        store.add(search("carol", rating=3000), NOW)
        assert store.count_searching(alice, NOW) == store.count_searching(bob, NOW) == 2
        assert store.count_searching(search("carol"), NOW) == 3

    def test_all_are_counted_where_many_search(self, store):
        alice = replace(search("alice"), avoids=("player 0",))
        for number in range(counting.MAX_LOOKED_AT + 1):
            store.add(search(f"player {number}", rating=1000.0 * number), NOW)
        assert store.count_searching(alice, NOW) == counting.MAX_LOOKED_AT + 1

    def test_counts_who_waits_by_game(self, store):
        store.add(search("alice"), NOW)
        store.add(search("bob", rating=1700), NOW)
        store.add(search("carol", game="chess"), NOW)
        assert store.statistics().waiting == {"dobutsu": 2, "chess": 1}
        store.remove("alice")
        assert store.statistics().waiting == {"dobutsu": 1, "chess": 1}

    def test_a_player_in_a_proposal_does_not_count_as_waiting(self, new_store):
        store = new_store(WINDOWS, random.Random(1), ready_check=10)
        store.add(search("alice"), NOW)
        assert store.statistics() == Statistics({"dobutsu": 1}, {"dobutsu": NOW}, 0)
        store.add(search("bob"), NOW)
        assert store.statistics() == Statistics({}, {}, 1)

    def test_the_wait_is_estimated_by_past_waits(self, store):
        pool = search("alice").pool
        assert store.estimate(pool) is None
        store.add(search("alice"), NOW)
        store.add(search("bob", since=NOW + 10), NOW + 10)
        assert store.estimate(pool) == 5  # of 10 seconds and none
        assert store.estimate(search("alice", game="chess").pool) is None


def test_a_step_that_others_always_outrun_is_given_up(tables, monkeypatch):
    monkeypatch.setattr(type(tables), "commit", lambda self, step: False)
    monkeypatch.setattr("searcher.tables.BACKOFF_SECONDS", 0.0)
    with pytest.raises(StorageBusy, match="Too many searches change at once"):
        tables.change(lambda step: None)
