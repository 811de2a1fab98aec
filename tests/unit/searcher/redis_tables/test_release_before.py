"""Searches of an instance of the release before, during an upgrade."""

import json

import pytest

from searcher import row_json
from searcher.redis_tables import PREFIX
from tests.unit.searcher.redis_tables.searches import NOW, search


class OldInstance:
    """An instance of the release before: it changes rows and versions, and knows no orders."""

    def __init__(self, store):
        self._redis = store._tables.client

    def add(self, given):
        place = [row_json.WAITING, given.pool, given.connection_id]
        self._put(f"waiting:{given.pool}", given.login, row_json.search_json(given))
        self._put("players", given.login, place)
        self._put("alive", given.login, given.alive_until)

    def remove(self, given):
        for table in (f"waiting:{given.pool}", "players", "alive"):
            key = f"{PREFIX}{table}"
            self._redis.call(lambda redis, key=key: redis.hdel(key, given.login))
            self._change_version(key)

    def put_proposal(self, proposal_id, stored):
        self._put("proposals", proposal_id, stored)

    def _put(self, table, name, value):
        key = f"{PREFIX}{table}"
        self._redis.call(lambda redis: redis.hset(key, name, json.dumps(value)))
        self._change_version(key)

    def _change_version(self, key):
        versions = f"{PREFIX}versions"
        if self._redis.call(lambda redis: redis.exists(key)):
            self._redis.call(lambda redis: redis.hincrby(versions, key, 1))
        else:
            self._redis.call(lambda redis: redis.hdel(versions, key))


class TestReleaseBefore:
    """While an upgrade goes on, instances of the release before store and read the same."""

    @pytest.fixture
    def store(self, instance):
        return instance()

    @pytest.fixture
    def old(self, store):
        return OldInstance(store)

    def test_a_search_of_the_old_release_is_met_here(self, store, old):
        store.add(search("carol", 3000), NOW)
        old.add(search("alice"))
        assert sorted(store.add(search("bob"), NOW).players) == ["alice", "bob"]

    def test_a_search_left_by_the_old_release_is_met_by_a_tick(self, store, old):
        old.add(search("alice"))
        old.add(search("bob", 1700))
        assert store.match_all(NOW + 29) == []
        [pairing] = store.match_all(NOW + 30)
        assert sorted(pairing.players) == ["alice", "bob"]

    @pytest.mark.parametrize("method", ["expire_searches", "drop_abandoned"])
    def test_a_search_that_was_left_there_ends(self, store, old, method):
        old.add(search("alice"))
        store.match_all(NOW)
        assert [each.login for each in getattr(store, method)(NOW + 16)] == ["alice"]

    def test_a_search_stopped_by_the_old_release_is_not_met_here(self, store, old):
        for login in ("alice", "bob"):
            store.add(search(login, 1000.0 if login == "bob" else 1500.0), NOW)
        old.remove(search("alice"))
        assert store.add(search("carol"), NOW) is None
        assert store.match_all(NOW + 1) == []

    def test_nothing_is_left_in_orders_of_what_has_ended_there(self, store, old):
        store.add(search("alice"), NOW)
        old.remove(search("alice"))
        store.match_all(NOW + 100)
        for method in ("expire_searches", "drop_abandoned"):
            assert getattr(store, method)(NOW + 100) == []
        assert store._tables.client.call(lambda redis: redis.keys(f"{PREFIX}order:*")) == []

    def test_players_were_told_of_its_proposals(self, instance):
        store = instance(ready_check=8.0)
        store.add(search("alice"), NOW)
        proposal = store.add(search("bob"), NOW)
        stored = row_json.proposal_json(proposal)
        del stored["told"]
        OldInstance(store).put_proposal(proposal.proposal_id, stored)
        store.match_all(NOW)
        assert store.proposals.unannounced(NOW + 5, NOW + 5) == []
        [lapse] = store.proposals.expire(NOW + 8)
        assert lapse.out == proposal.players
