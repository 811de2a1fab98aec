"""What tests of searches in Redis are given: stores as instances of the service have them."""

import random

import pytest

from extensions.storage.redis_client import RedisClient
from searcher.redis_tables import RedisTables
from searcher.storage import SearchStore
from tests.unit.searcher.redis_tables.searches import WINDOWS


@pytest.fixture
def instance(redis_server):
    """Makes stores as instances of the service have them, each with connections of its own."""
    made = []

    def make(ready_check=0.0):
        made.append(RedisClient(redis_server.uri()))
        tables = RedisTables(made[-1])
        return SearchStore(tables, WINDOWS, random.Random(1), ready_check)

    yield make
    for client in made:
        client.call(lambda redis: redis.flushdb())
        client.close()
