"""The store of token families behaves alike in a table and in Redis."""

import eventlet
import pytest
import redis
from sqlalchemy import event, func, select

import extensions.storage.engines
from auth.dependencies import FamiliesProvider
from auth.redis_token_families import PREFIX, RedisFamilies
from auth.token_families import Family, SqlFamilies
from extensions.errors import StorageAway
from extensions.settings import Settings
from extensions.storage.redis_client import RedisClient
from tests.unit.fakes import Container
from tools.launch.redis import Redis

NOW = 1_700_000_000.0
LIFETIME_SECONDS = 1000.0
END = NOW + LIFETIME_SECONDS


@pytest.fixture
def started(families):
    """A family of Alice's, whose first refresh token has not been used."""
    families.add("Alice", "family", "first", END, NOW)
    return families


def rotate(families, spent, following, login="Alice", family="family"):
    return families.rotate(login, family, spent, following, END, NOW)


def test_only_an_added_family_is_valid(started):
    assert started.is_valid("Alice", "family")
    assert not started.is_valid("Alice", "another")


def test_a_refresh_token_is_exchanged_once(started):
    assert rotate(started, "first", "second")
    assert not rotate(started, "first", "third")
    assert rotate(started, "second", "third")
    assert started.is_valid("Alice", "family")


def test_an_exchange_asked_for_again_is_the_same_exchange(started):
    assert rotate(started, "first", "second")
    assert rotate(started, "first", "second") and rotate(started, "first", "second")
    assert not rotate(started, "first", "third")
    assert rotate(started, "second", "third")
    assert not rotate(started, "first", "second")


def test_a_used_token_is_exchanged_again_for_so_many_seconds(started):
    def exchange(seconds):
        return started.rotate("Alice", "family", "first", "second", END, NOW + seconds)

    assert exchange(0) and exchange(20) and exchange(29)
    assert not exchange(30)


def test_one_of_concurrent_exchanges_succeeds(started):
    pool = eventlet.GreenPool()
    answers = list(pool.imap(lambda number: rotate(started, "first", f"next {number}"), range(8)))
    assert answers.count(True) == 1


def test_a_revoked_or_unknown_family_gets_no_next_token(started):
    started.revoke("Alice", "family")
    assert not started.is_valid("Alice", "family")
    assert not rotate(started, "first", "second")
    assert not rotate(started, "first", "second", family="another")
    assert not started.is_valid("Alice", "family")


def test_revoke_all_ends_the_families_of_the_player_alone(started):
    started.add("Alice", "other", "token", END, NOW)
    started.add("bob", "his", "token", END, NOW)
    started.revoke_all("Alice")
    assert not started.is_valid("Alice", "family") and not started.is_valid("Alice", "other")
    assert started.is_valid("bob", "his")


def test_revoke_ends_one_family_of_its_player(started):
    started.add("Alice", "other", "token", END, NOW)
    started.revoke("Alice", "family")
    started.revoke("Alice", "family")
    assert started.is_valid("Alice", "other") and rotate(started, "token", "next", family="other")


def test_the_oldest_are_those_that_were_renewed_longest_ago(started):
    for number, family in enumerate(["b", "c", "d"]):
        started.add("Alice", family, "token", END + number, NOW)
    started.add("bob", "his", "token", END - 1, NOW)
    assert sorted(started.oldest("Alice", 2)) == ["b", "family"]
    started.rotate("Alice", "family", "first", "second", END + 9, NOW)
    assert sorted(started.oldest("Alice", 2)) == ["b", "c"]
    assert started.oldest("Alice", 4) == started.oldest("nobody", 0) == []


def test_ended_returns_the_families_that_are_not_known(started):
    started.add("bob", "his", "token", END, NOW)
    started.add("bob", "other", "token", END, NOW)
    started.revoke("bob", "his")
    pairs = [("bob", "his"), ("Alice", "family"), ("carol", "none"), ("bob", "other")]
    assert started.ended(pairs) == [("bob", "his"), ("carol", "none")]
    started.revoke_all("Alice")
    assert started.ended([("Alice", "family")]) == [("Alice", "family")]
    assert started.ended([]) == []


class TestSql:
    def test_a_token_exchanged_by_an_old_instance_is_used_up(self, database):
        transaction = database(Family).get_session
        with transaction() as session:
            session.add(Family(family="family", login="Alice", refresh_id="2", expires_at=END))
        assert not SqlFamilies(transaction).rotate("Alice", "family", "1", "2", END, NOW)

    def test_sweep_deletes_expired_families_alone(self, database):
        transaction = database(Family).get_session
        families = SqlFamilies(transaction)
        families.add("Alice", "first", "token", END, NOW)
        families.add("Alice", "second", "token", END + 10, NOW)
        families.sweep(END + 1)
        assert not families.is_valid("Alice", "first") and families.is_valid("Alice", "second")
        families.sweep(END + 11)
        with transaction() as session:
            assert session.scalar(select(func.count()).select_from(Family)) == 0


class TestRedis:
    @pytest.fixture
    def client(self, redis_server):
        client = RedisClient(redis_server.uri())
        yield client
        client.call(lambda redis: redis.flushdb())
        client.close()

    @pytest.fixture
    def families(self, client):
        return RedisFamilies(client)

    @pytest.fixture
    def keys(self, client):
        """All keys, with the milliseconds until each expires."""
        return lambda: client.call(lambda redis: {key: redis.pttl(key) for key in redis.keys()})

    def test_all_keys_expire_with_the_last_family_of_the_player(self, families, keys):
        families.add("Alice", "long", "token", END, NOW)
        families.add("Alice", "short", "token", NOW + 1, NOW)
        assert set(keys()) == {f"{PREFIX}families:Alice", f"{PREFIX}ends:Alice"}
        left_seconds = [left / 1000 for left in keys().values()]
        assert all(0.9 * LIFETIME_SECONDS < left <= LIFETIME_SECONDS for left in left_seconds)
        assert families.rotate("Alice", "short", "token", "next", NOW + 5000, NOW)
        left = keys()
        assert 0 < left.pop(f"{PREFIX}used:short") <= 30_000
        assert all(each > LIFETIME_SECONDS * 1000 for each in left.values())

    def test_a_used_token_is_exchanged_again_for_a_while(self, client, keys):
        families = RedisFamilies(client, 300.0)
        families.add("Alice", "family", "first", END, NOW)
        assert rotate(families, "first", "second") and rotate(families, "first", "second")
        client.call(lambda redis: redis.pexpire(f"{PREFIX}used:family", 1))
        with eventlet.Timeout(60):
            while f"{PREFIX}used:family" in keys():
                eventlet.sleep(0.01)
        assert not rotate(families, "first", "second")
        assert rotate(families, "second", "third")

    def test_nothing_is_left_of_expired_families(self, families):
        families.add("Alice", "family", "token", NOW + 0.05, NOW)
        with eventlet.Timeout(60):
            while families.is_valid("Alice", "family"):
                eventlet.sleep(0.01)
        assert not families.rotate("Alice", "family", "token", "next", END, NOW)

    def test_a_player_who_keeps_logging_in_leaves_valid_families(self, families, client):
        for number in range(50):
            now = NOW + number * LIFETIME_SECONDS / 5
            families.add("Alice", f"family {number}", "token", now + LIFETIME_SECONDS, now)
        kept = client.call(lambda redis: [
            redis.hlen(f"{PREFIX}families:Alice"), redis.zcard(f"{PREFIX}ends:Alice")
        ])
        assert kept == [5, 5]

    def test_nothing_is_left_of_revoked_families(self, families, keys):
        families.add("Alice", "family", "token", END, NOW)
        families.revoke("Alice", "family")
        families.add("bob", "family", "token", END, NOW)
        families.revoke_all("bob")
        assert keys() == {}

    def test_a_lost_answer_of_redis_uses_no_token_twice(self, families):
        families.add("Alice", "family", "first", END, NOW)
        # The client asks again by itself, where its connection is cut.
        assert rotate(families, "first", "second") and rotate(families, "first", "second")
        assert families.is_valid("Alice", "family")

    def test_without_redis_nobody_is_taken_for_anybody(self, tmp_path):
        with Redis(tmp_path) as server:
            families = RedisFamilies(RedisClient(server.uri()))
            families.add("Alice", "family", "first", END, NOW)
        for ask in (
            lambda: families.is_valid("Alice", "family"),
            lambda: rotate(families, "first", "second"),
            lambda: families.add("Alice", "other", "token", END, NOW),
            lambda: families.ended([("Alice", "family")]),
            lambda: families.revoke("Alice", "family"), lambda: families.revoke_all("Alice"),
        ):
            with pytest.raises(StorageAway):
                ask()


class TestProvider:
    def provider(self, **settings):
        container = Container(Settings(**settings), "auth")
        provider = FamiliesProvider().bind(container, "families")
        provider.setup()
        return provider

    def provide(self, **settings):
        return self.provider(**settings).get_dependency(None)

    def test_without_redis_families_are_in_a_database(self, tmp_path):
        families = self.provide(data_dir=str(tmp_path))
        families.add("Alice", "family", "first", END, NOW)
        assert rotate(families, "first", "second")
        uri = f"sqlite:///{tmp_path}/auth_tokens.sqlite"
        extensions.storage.engines.open_engines.pop(uri).dispose()

    def test_with_redis_there_is_no_database(self, tmp_path, redis_server):
        families = self.provide(data_dir=str(tmp_path), redis_url=redis_server.uri())
        families.add("Alice", "family", "first", END, NOW)
        assert rotate(families, "first", "second")
        families.revoke_all("Alice")
        assert not list(tmp_path.iterdir())

    def test_a_database_that_cannot_store_is_told(self, tmp_path, caplog):
        provider = self.provider(data_dir=str(tmp_path))
        uri = f"sqlite:///{tmp_path}/auth_tokens.sqlite"
        opened = extensions.storage.engines.open_engines.pop(uri)
        provider.probe.probe()
        assert "storage failed" not in caplog.text  # others may have logged
        event.listen(opened, "begin", lambda each: each.exec_driver_sql("PRAGMA query_only = 1"))
        provider.probe.probe()
        assert "token_storage failed and will try again" in caplog.text
        opened.dispose()

    def test_a_redis_that_cannot_store_is_told(self, tmp_path, caplog):
        with Redis(tmp_path / "redis") as server:
            provider = self.provider(data_dir=str(tmp_path), redis_url=server.uri())
            provider.probe.probe()
            assert "storage failed" not in caplog.text  # others may have logged
            with redis.Redis.from_url(server.uri()) as client:
                client.config_set("min-replicas-to-write", 1)
            provider.probe.probe()
        assert "token_storage failed and will try again" in caplog.text
