"""Workers are started as soon as one is free, in order, and the link's owner never waits."""

from types import SimpleNamespace

import eventlet
import kombu.utils.functional
import pytest
from eventlet.greenpool import GreenPool

from extensions.amqp.broker_link import BrokerLink, is_reachable
from extensions.observability.health import ProcessHealth
from extensions.settings import Settings


@pytest.fixture
def broker():
    broker = BrokerLink()
    broker.container = SimpleNamespace(
        _worker_pool=GreenPool(2), settings=Settings(), health=ProcessHealth(),
        spawn_managed_thread=lambda function, name: eventlet.spawn(function),
    )
    return broker


def test_requests_wait_for_a_free_worker_in_order(broker):
    started, ends = [], [eventlet.event.Event() for _ in range(5)]

    def start(number):
        broker.container._worker_pool.spawn(work, number)

    def work(number):
        started.append(number)
        ends[number].wait()

    for number in range(5):
        broker.when_free(lambda number=number: start(number))
    eventlet.sleep(0)
    assert started == [0, 1]
    for number in (1, 0, 2, 3, 4):
        ends[number].send()
        eventlet.sleep(0.001)
    broker.container._worker_pool.waitall()
    assert started == [0, 1, 2, 3, 4]


def test_all_of_a_service_share_one_link_of_its_settings(broker):
    link = broker.link
    assert broker.link is link
    assert link._heartbeat == Settings().heartbeat
    assert list(broker.container.health._loops) == ["broker_link"]


def test_a_broker_that_is_away_is_not_reachable_at_once(monkeypatch):
    slept = []
    monkeypatch.setattr(kombu.utils.functional, "sleep", slept.append)
    assert not is_reachable("amqp://guest:guest@127.0.0.1:1//")
    assert sum(slept) == 0
