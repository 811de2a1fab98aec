"""What the publisher remembers of the broker's confirms, and when it takes it to be away."""

from types import SimpleNamespace

import pytest

from extensions.amqp import publisher as publisher_module
from extensions.amqp.publisher import ConfirmingPublisher


def test_nothing_is_remembered_of_what_has_been_confirmed_in_whatever_order():
    publisher = ConfirmingPublisher("memory://", ["an.exchange"], heartbeat=10)
    publisher._published, publisher._confirmed, publisher._unordered = 5, 0, set()
    acks = iter([(3, False), (1, False), (5, True)])
    publisher._connection = SimpleNamespace(
        drain_events=lambda timeout: publisher._on_ack(*next(acks)),
        connection=SimpleNamespace(bytes_recv=3),
    )
    publisher._await_confirms()
    assert publisher._confirmed == 5 and publisher._unordered == set()


class Link:
    """A link to a broker which says something, or is silent, or is lost."""

    def __init__(self):
        self.bytes_recv = 0
        self.connection = self
        self.is_lost = False

    def drain_events(self, timeout):
        raise TimeoutError

    def heartbeat_check(self):
        if self.is_lost:
            raise ConnectionResetError


class TestUpFor:
    """The broker sends a sign of life every 5 seconds, where it lives."""

    @pytest.fixture
    def link(self):
        return Link()

    @pytest.fixture
    def now(self, monkeypatch):
        now = [1000.0]
        monkeypatch.setattr(publisher_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
        return now

    @pytest.fixture
    def publisher(self, link, now, monkeypatch):
        publisher = ConfirmingPublisher("memory://", [], heartbeat=10)
        monkeypatch.setattr(publisher, "_connected", lambda: None)
        publisher._connection, publisher._up_since, publisher._heard_at = link, now[0], now[0]
        return publisher

    @pytest.fixture
    def elapse(self, publisher, link, now):
        def elapse(seconds, silent=False):
            for _ in range(seconds):
                now[0] += 1
                link.bytes_recv += not silent
                publisher._look()

        return elapse

    def test_a_broker_that_says_something_now_and_then_is_there(self, publisher, elapse):
        for _ in range(3):
            elapse(9, silent=True)
            assert publisher.connected_seconds() > 0
            elapse(1)
        assert publisher.connected_seconds() == 30

    def test_one_that_is_silent_is_not_and_has_come_back_when_it_speaks(self, publisher, elapse):
        elapse(100)
        elapse(11, silent=True)
        assert publisher.connected_seconds() == 0
        elapse(5)
        assert publisher.connected_seconds() == 4

    def test_one_whose_link_is_lost_is_not(self, publisher, link, elapse, monkeypatch):
        link.is_lost = True
        monkeypatch.setattr(publisher, "_disconnect", lambda: setattr(publisher, "_up_since", None))
        elapse(1)
        assert publisher.connected_seconds() == 0
