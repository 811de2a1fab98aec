"""Answers of another service: kept for a time, and no more of them than fit."""

from unittest.mock import Mock, call

import pytest

from extensions.rpc.ttl_cache import TtlCache, TtlCacheProvider


@pytest.fixture
def cache(clock):
    return TtlCache(10, size=2, clock=clock)


@pytest.fixture
def method():
    return Mock(side_effect=range(10))


def test_a_known_answer_is_asked_for_when_it_is_old(cache, method, clock):
    assert [cache.call(method, "a", {"b": 1}) for _ in range(2)] == [0, 0]
    clock.advance(10)
    assert cache.call(method, "a", {"b": 1}) == 1
    assert method.mock_calls == [call("a", {"b": 1})] * 2


def test_other_arguments_have_another_answer(cache, method):
    arguments = [("a", {}), ("a", {"b": 1}), ("a", {}), ("a", {"b": True})]
    assert [cache.call(method, *each) for each in arguments] == [0, 1, 0, 2]


def test_a_refusal_is_not_kept(cache):
    method = Mock(side_effect=[LookupError, "answer"])
    with pytest.raises(LookupError):
        cache.call(method)
    assert cache.call(method) == "answer"


def test_the_oldest_of_too_many_is_dropped(cache, method):
    assert [cache.call(method, each) for each in "abccba"] == [0, 1, 2, 2, 1, 3]


def test_all_workers_share_one_cache():
    provider = TtlCacheProvider(10, 2)
    provider.setup()
    assert provider.get_dependency("worker") is provider.get_dependency("another")
