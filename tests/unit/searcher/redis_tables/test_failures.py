"""Searches outlive failures of Redis and restarts, and leave nothing behind."""

import pytest

from extensions.errors import StorageAway
from extensions.storage.redis_client import RedisClient
from searcher.redis_tables import PREFIX, RedisTables
from searcher.storage import SearchStore
from tests.unit.searcher.redis_tables.searches import NOW, WINDOWS, search
from tools.launch.redis import Redis


class TestInterrupted:
    """What is done can't be taken back: it is handed over though the rest fails."""

    @pytest.fixture
    def failing(self, instance, monkeypatch):
        """A store of which so many changes succeed from now on, and then none."""

        def fail_after(store, most):
            change, left = store._tables.change, iter(range(most))

            def fail(decide):
                if next(left, None) is None:
                    raise StorageAway("Redis is away")
                return change(decide)

            monkeypatch.setattr(store._tables, "change", fail)
            return store

        return fail_after

    @pytest.mark.parametrize("method", ["expire_searches", "drop_abandoned"])
    def test_an_end_is_returned_where_the_next_step_fails(self, instance, failing, method):
        store = instance()
        for login, rating in (("alice", 1000.0), ("bob", 2000.0)):
            store.add(search(login, rating), NOW)
        [request] = getattr(failing(store, 1), method)(NOW + 16)
        assert instance().search_of(request.login) is None

    @pytest.mark.parametrize("ready_check", [0.0, 8.0])
    def test_a_pair_is_returned_where_the_next_step_fails(self, instance, failing, ready_check):
        store = instance(ready_check)
        for login, rating, game in (
            ("alice", 1500.0, "chess"), ("bob", 1700.0, "chess"),
            ("carol", 1500.0, "dobutsu"), ("dave", 1700.0, "dobutsu"),
        ):
            store.add(search(login, rating, game=game), NOW)
        [met] = failing(store, 1).match_all(NOW + 30)
        assert sorted(met.players) == ["alice", "bob"]

    def test_a_lapse_is_returned_where_the_next_step_fails(self, instance, failing):
        store = instance(ready_check=8.0)
        for login, game in (
            ("alice", "chess"), ("bob", "chess"), ("carol", "dobutsu"), ("dave", "dobutsu")
        ):
            met = store.add(search(login, game=game), NOW)
            if met is not None:
                store.proposals.note_announced(met.proposal_id)
        [lapse] = failing(store, 1).proposals.expire(NOW + 8)
        assert instance().search_of(lapse.out[0]) is None

    def test_storage_away_is_raised_where_nothing_was_done(self, instance, failing):
        store = instance()
        store.add(search("alice"), NOW)
        with pytest.raises(StorageAway):
            failing(store, 0).expire_searches(NOW)


class TestRestarts:
    def test_a_waiting_player_still_waits_after_a_restart(self, instance):
        request = search("alice")
        instance().add(request, NOW)
        assert instance().search_of("alice") == request
        assert instance().add(search("bob"), NOW)

    def test_storage_is_away_while_redis_is_and_found_again(self, tmp_path):
        with Redis(tmp_path) as server:
            client = RedisClient(server.uri())
            store = SearchStore(RedisTables(client), WINDOWS)
            store.add(search("alice"), NOW)
            client.call(lambda redis: redis.execute_command("WAITAOF", 1, 0, 1500))
            server.kill()
            for ask in (lambda: store.search_of("alice"), lambda: store.match_all(NOW)):
                with pytest.raises(StorageAway):
                    ask()
            server.start()
            assert store.search_of("alice") == search("alice")
            client.close()

    def test_a_commit_that_is_sent_twice_is_made_once(self, instance):
        store = instance()
        sent = []
        commit = store._tables._run_commit

        def lose_the_answer(keys, values):
            sent.append(commit(keys, values))
            return commit(keys, values)

        store._tables._run_commit = lose_the_answer
        store.add(search("alice"), NOW)
        assert sent == [1]


class TestBounds:
    def test_ended_searches_leave_only_keys_that_expire(self, instance):
        store = instance(ready_check=10)
        for number in range(5):
            store.add(search(f"alice{number}"), NOW)
            proposal = store.add(search(f"bob{number}"), NOW)
            for login in proposal.players:
                pairing = store.proposals.accept(login, proposal.proposal_id, NOW)
            store.complete(pairing.pairing_id)
        store.add(search("carol"), NOW)
        store.remove("carol")
        left = store._tables.client.call(
            lambda redis: {key: redis.ttl(key) for key in redis.keys(f"{PREFIX}*")}
        )
        assert [key for key, seconds in left.items() if seconds < 0] == []
