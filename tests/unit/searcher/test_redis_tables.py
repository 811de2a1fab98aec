"""Searches in Redis: shared by any number of instances at once, and there after a restart."""

import json
import random
from collections import Counter
from operator import attrgetter

import eventlet
import pytest

from extensions.errors import ServiceError, StorageAway
from extensions.storage.redis_client import RedisClient
from searcher import models, queue, row_json
from searcher.matching import Search, Windows
from searcher.memory_tables import MemoryTables
from searcher.redis_tables import PREFIX, RedisTables
from searcher.storage import SearchStore
from tools.launch.redis import Redis

WINDOWS = Windows(first=100, widening=60)
NOW = 1_700_000_000.0


@pytest.fixture
def instance(redis_server):
    """Makes stores as instances of the service have them, each with connections of its own."""
    made = []

    def make(ready_check=0.0):
        made.append(RedisClient(redis_server.uri()))
        tables = RedisTables(made[-1], models.table_named)
        return SearchStore(tables, WINDOWS, random.Random(1), ready_check)

    yield make
    for client in made:
        client.call(lambda redis: redis.flushdb())
        client.close()


def search(login, rating=1500.0, since=NOW, game="dobutsu"):
    options = {"clock": None, "rated": True}
    return Search(login, game, options, rating, None, since, f"of {login}", since + 15)


class TestManyInstances:
    def test_a_player_never_meets_two_others(self, instance):
        stores = [instance() for _ in range(4)]
        logins = [f"player{number}" for number in range(60)]
        met = []

        def begin(store, login):
            met.append(store.add(search(login, rating=random.Random(login).gauss(1500, 150)), NOW))

        def sweep(store):
            for second in range(0, 70, 5):
                met.extend(store.match_all(NOW + second))
                eventlet.sleep(0)

        pool = eventlet.GreenPool()
        for number, login in enumerate(logins):
            pool.spawn_n(begin, stores[number % 4], login)
        for store in stores:
            pool.spawn_n(sweep, store)
        pool.waitall()
        met += stores[0].match_all(NOW + 100)
        players = Counter(login for pairing in met if pairing for login in pairing.players)
        assert players == dict.fromkeys(logins, 1)

    def test_a_player_met_meanwhile_is_not_met_again(self, instance, monkeypatch):
        one, other = instance(), instance()
        version, commit = one._tables.version, one._tables.commit

        def let_somebody_come(table):
            read = version(table)
            other.add(search("alice"), NOW)
            return read

        def let_somebody_else_meet(step):
            monkeypatch.undo()
            other.add(search("bob"), NOW)
            return commit(step)

        monkeypatch.setattr(one._tables, "version", let_somebody_come)
        monkeypatch.setattr(one._tables, "commit", let_somebody_else_meet)
        assert one.add(search("carol"), NOW) is None
        assert sorted(one.pairing_of("alice").players) == ["alice", "bob"]

    def test_a_player_who_searches_everywhere_at_once_searches_once(self, instance):
        stores = [instance() for _ in range(4)]
        outcomes = Counter()

        def begin(store):
            try:
                store.add(search("alice"), NOW)
            except ServiceError as refusal:
                outcomes[type(refusal).__name__] += 1
            else:
                outcomes["begun"] += 1

        for each in [eventlet.spawn(begin, store) for store in stores * 3]:
            each.wait()
        assert outcomes == {"begun": 1, "SearchAlreadyStarted": 11}

    def test_a_player_who_stops_while_others_pair_plays_or_not(self, instance):
        for number in range(20):
            one, other = instance(), instance()
            login = f"alice{number}"
            one.add(search(login), NOW)
            stopping = eventlet.spawn(one.remove, login)
            pairing = eventlet.spawn(other.add, search(f"bob{number}"), NOW).wait()
            assert (stopping.wait() is None) == (pairing is not None)
            other.remove(f"bob{number}")

    def test_one_of_two_concurrent_acceptances_begins_the_session(self, instance):
        stores = [instance(ready_check=10) for _ in range(2)]
        for number in range(10):
            stores[0].add(search(f"alice{number}"), NOW)
            proposal = stores[1].add(search(f"bob{number}"), NOW)
            accepting = [
                eventlet.spawn(store.proposals.accept, login, proposal.proposal_id, NOW)
                for store, login in zip(stores, proposal.players, strict=True)
            ]
            begun = [each.wait() for each in accepting]
            assert sum(each is not None for each in begun) == 1

    def test_a_lapse_is_told_by_one(self, instance):
        stores = [instance(ready_check=10) for _ in range(3)]
        stores[0].add(search("alice"), NOW)
        stores[0].add(search("bob"), NOW)
        lapses = [eventlet.spawn(store.proposals.expire, NOW + 10) for store in stores]
        assert sum(len(each.wait()) for each in lapses) == 1

    def test_a_player_removed_by_two_at_once_is_removed_once(self, instance, monkeypatch):
        one, other = instance(), instance()
        one.add(search("alice"), NOW)
        look = queue.find_at

        def look_too_late(step, login, place):
            monkeypatch.setattr(queue, "find_at", look)
            assert other.remove(login)
            return look(step, login, place)

        monkeypatch.setattr(queue, "find_at", look_too_late)
        assert one.expire_searches(NOW) == []


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
            store = SearchStore(RedisTables(client, models.table_named), WINDOWS)
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


def state(store, logins, pool, now):
    """What a store tells of everybody, without the ids."""
    pairings = [store.pairing_of(login) for login in logins]
    return (
        [store.search_of(login) for login in logins],
        [pairing and sorted(pairing.players) for pairing in pairings],
        store.count_searching(pool), sorted(sorted(each.players) for each in store.unfinished(now)),
    )


class Twin:
    """Does the same on both stores, and compares what they answer."""

    def __init__(self, *stores):
        self.stores = stores
        self.proposals = {}

    def do(self, method, *arguments):
        answers = [self._answer(store, method, arguments) for store in self.stores]
        shown = [self._shown(answer) for answer in answers]
        assert shown[0] == shown[1], (method, arguments)
        return answers

    def note_announced(self, proposals):
        for store, proposal in zip(self.stores, proposals, strict=False):
            store.proposals.note_announced(proposal.proposal_id)

    def _answer(self, store, method, arguments):
        try:
            return attrgetter(method)(store)(*arguments)
        except ServiceError as refusal:
            return refusal

    def _shown(self, answer):
        if isinstance(answer, list):
            return sorted(map(str, map(self._shown, answer)))
        if isinstance(answer, ServiceError):
            return type(answer).__name__, answer.details.get("retry_after")
        if hasattr(answer, "out"):
            back = sorted(map(str, answer.back))
            return sorted(answer.proposal.players), sorted(answer.out), back
        return sorted(answer.players) if hasattr(answer, "players") else answer


@pytest.mark.parametrize("ready_check", [0.0, 8.0])
@pytest.mark.parametrize("seed", range(4))
def test_redis_and_memory_agree(instance, ready_check, seed):
    rng = random.Random(seed)
    twin = Twin(
        SearchStore(MemoryTables(), WINDOWS, random.Random(1), ready_check), instance(ready_check)
    )
    logins = [f"player{number}" for number in range(8)]
    pool, now, standing = search("").pool, NOW, {}
    for _ in range(200):
        now += rng.choice([0, 0.5, 3])
        login = rng.choice(logins)
        step = rng.randrange(10)
        if step < 4:
            met = twin.do("add", search(login, rng.choice([1400.0, 1520.0, 1700.0]), now), now)
            if hasattr(met[0], "deadline"):
                standing.update(dict.fromkeys(met[0].players, met))
                twin.note_announced(met[: rng.choice([0, 2])])
        elif step == 4:
            twin.do("remove", login, rng.choice([None, f"of {login}", "another"]))
        elif step == 5:
            connected = {each: f"of {each}" for each in logins if rng.random() < 0.9}
            twin.do("renew", connected, now + 15)
        elif step == 6 and login in standing:
            answers = [
                twin._answer(store, "proposals.accept", (login, each.proposal_id, now))
                for store, each in zip(twin.stores, standing[login], strict=True)
            ]
            assert twin._shown(answers[0]) == twin._shown(answers[1])
        elif step == 7:
            twin.do("proposals.decline", login, None, now)
        elif step == 8:
            twin.do("proposals.unannounced", rng.choice([now - 3, 0]), now)
            for method in ("proposals.expire", "drop_abandoned"):
                twin.do(method, now)
            twin.do("expire_searches", now - 40)
        else:
            halves = [store.unfinished(now) for store in twin.stores]
            done = sorted(halves[0], key=lambda each: sorted(each.players))[:1]
            for pairing in done:
                [same] = [each for each in halves[1] if set(each.players) == set(pairing.players)]
                assert twin.stores[0].complete(pairing.pairing_id)
                assert twin.stores[1].complete(same.pairing_id)
        assert state(twin.stores[0], logins, pool, now) == state(twin.stores[1], logins, pool, now)
        assert twin.stores[0].estimate(pool) == pytest.approx(twin.stores[1].estimate(pool))
