"""What of Redis counts as its being away, to be asked again later, and what as a fault of ours."""

import eventlet
import pytest
import redis
from prometheus_client import REGISTRY

from auth.redis_token_families import RedisFamilies
from extensions.errors import StorageAway
from extensions.storage.redis_client import RedisClient
from tests.stack import eventually
from tools.launch.redis import Redis

NOW, END = 1_700_000_000.0, 1_700_000_100.0


def fill_disk(server, client):
    """Have a snapshot fail: Redis then takes no writes."""
    (server.folder / "dump.rdb").mkdir()
    client.config_set("save", "3600 1")
    client.bgsave()
    eventually(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err")


def clear_disk(server, client):
    (server.folder / "dump.rdb").rmdir()
    client.bgsave()
    eventually(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "ok")


def become_replica(server, client):
    client.execute_command("REPLICAOF", "127.0.0.1", "1")


def become_primary(server, client):
    client.execute_command("REPLICAOF", "NO", "ONE")


def setting(name, value):
    return lambda server, client: client.config_set(name, value)


STATES = {
    "a full disk": (fill_disk, clear_disk),
    "a replica": (become_replica, become_primary),
    "memory that is used up": (setting("maxmemory", 1), setting("maxmemory", 0)),
    "too few replicas": (setting("min-replicas-to-write", 1), setting("min-replicas-to-write", 0)),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Redis of these tests' own, as they spoil it."""
    with Redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def operator(server):
    with redis.Redis.from_url(server.uri()) as client:
        yield client


@pytest.fixture
def client(server):
    client = RedisClient(server.uri())
    yield client
    client.close()


@pytest.mark.parametrize("state", STATES)
def test_redis_that_can_store_nothing_is_away_until_it_can(server, operator, client, state):
    families = RedisFamilies(client)
    families.add("Alice", "family", "token", END, NOW)
    spoil, mend = STATES[state]
    spoil(server, operator)
    try:
        asks = {
            "a script": lambda: families.add("Alice", "other", "token", END, NOW),
            "a command": lambda: client.call(lambda redis: redis.set("key", "value")),
        }
        if state != "memory that is used up":  # to delete is allowed then
            asks["a pipeline"] = lambda: families.revoke("Alice", "family")
        before = REGISTRY.get_sample_value("arbiter_storage_failures_total")
        for what, ask in asks.items():
            with pytest.raises(StorageAway):
                ask()
                pytest.fail(f"{what} was done")
        counted = REGISTRY.get_sample_value("arbiter_storage_failures_total") - before
        assert counted == len(asks)
    finally:
        mend(server, operator)
    families.add("Alice", "other", "token", END, NOW)
    assert families.is_valid("Alice", "family") and families.is_valid("Alice", "other")


def test_a_replica_that_answers_nothing_is_away(operator, client):
    operator.config_set("replica-serve-stale-data", "no")
    operator.execute_command("REPLICAOF", "127.0.0.1", "1")
    try:
        with pytest.raises(StorageAway):
            client.call(lambda redis: redis.get("key"))
    finally:
        operator.execute_command("REPLICAOF", "NO", "ONE")
    assert client.call(lambda redis: redis.get("nothing")) is None


def test_a_server_that_has_become_a_replica_is_left(operator, client):
    before = client.call(lambda redis: redis.client_id())
    operator.execute_command("REPLICAOF", "127.0.0.1", "1")
    try:
        with pytest.raises(StorageAway):
            client.call(lambda redis: redis.set("key", "value"))
    finally:
        operator.execute_command("REPLICAOF", "NO", "ONE")
    assert client.call(lambda redis: redis.client_id()) != before


@pytest.mark.parametrize("says", [
    "LOADING Redis is loading the dataset in memory",
    "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    # As Redis 6 says of a script.
    "ERR Error running script (call to f_0): @user_script:1: -MISCONF Errors writing to the AOF",
])
def test_redis_that_is_starting_or_held_up_is_away(says):
    def answer(connection, _address):
        while connection.recv(4096):
            connection.sendall(f"-{says}\r\n".encode())

    listening = eventlet.listen(("127.0.0.1", 0))
    serving = eventlet.spawn(eventlet.serve, listening, answer)
    client = RedisClient(f"redis://127.0.0.1:{listening.getsockname()[1]}/0?protocol=2")
    with pytest.raises(StorageAway):
        client.call(lambda redis: redis.get("key"))
    client.close()
    serving.kill()


def test_a_fault_of_ours_is_told_as_it_is(client):
    client.call(lambda redis: redis.set("text", "no table"))
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        client.call(lambda redis: redis.hget("text", "field"))
