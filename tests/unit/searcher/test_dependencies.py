"""The store of searches as a dependency: in memory, or in Redis where its address is set."""

import pytest
import redis

from extensions.settings import Settings
from searcher.dependencies import SearchStoreProvider
from searcher.memory_tables import MemoryTables
from searcher.redis_tables import RedisTables
from tests.unit.fakes import Container
from tools.launch.ports import free_ports
from tools.launch.redis import Redis


@pytest.fixture
def provide():
    """Return a function that sets up the provider with these settings."""

    containers = []  # a provider has a weak reference to its own

    def provide(**settings):
        containers.append(Container(Settings(**settings), "searcher"))
        provider = SearchStoreProvider().bind(containers[-1], "store")
        provider.setup()
        return provider

    return provide


def test_without_redis_searches_are_in_memory_and_reachable(provide):
    provider = provide()
    assert isinstance(provider.store._tables, MemoryTables)
    assert provider.reachable()


def test_redis_is_reachable_while_it_answers(provide, redis_server, caplog):
    assert provide(redis_url=redis_server.uri()).reachable()
    [port] = free_ports(1)
    provider = provide(redis_url=f"redis://127.0.0.1:{port}/0")
    caplog.set_level("INFO")
    assert isinstance(provider.store._tables, RedisTables)
    assert not provider.reachable()
    assert "Redis can't be reached" in caplog.text


def test_redis_that_cannot_store_is_told(provide, tmp_path, caplog):
    with Redis(tmp_path) as server:
        provider = provide(redis_url=server.uri())
        provider.probe.probe()
        assert "storage failed" not in caplog.text  # others may have logged
        with redis.Redis.from_url(server.uri()) as client:
            client.config_set("min-replicas-to-write", 1)
        provider.probe.probe()
    assert "storage failed and will try again" in caplog.text
