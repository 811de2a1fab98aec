"""Where nobody searches, Redis is asked for little."""

from extensions.storage.redis_client import RedisClient
from tests.unit.searcher.redis_tables.searches import NOW, search


def test_a_store_without_searches_asks_one_thing(instance, monkeypatch):
    asked, call = [], RedisClient.call
    monkeypatch.setattr(RedisClient, "call", lambda *given: asked.append(given) or call(*given))
    store = instance()
    assert store.match_all(NOW) == [] and len(asked) == 1


def test_a_store_is_empty_until_somebody_searches(instance):
    store, other = instance(), instance()
    assert store.is_empty()
    other.add(search("alice"), NOW)
    assert not store.is_empty()
    other.remove("alice")
    assert store.is_empty()
