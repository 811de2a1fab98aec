"""The queue of a connection: which keys are bound, and who waits for it."""

import eventlet
import pytest
from eventlet.event import Event

from gateway.broker.event_exchange import AnonymousQueue
from gateway.connection import arrivals as module
from gateway.connection.arrivals import Arrivals
from gateway.connection.event_queue import EventQueue
from gateway.protocol.errors import Unavailable


class Subscriber:
    """Stands in for the subscriber: has each bind wait until the test answers it."""

    def __init__(self):
        self.asked = []

    def open(self, on_event, key):
        return AnonymousQueue(on_event, {key})

    def bind(self, queue, key):
        queue.keys.add(key)
        self.asked.append(Event())
        try:
            self.asked[-1].wait()
        except Unavailable:
            queue.keys.remove(key)
            raise


@pytest.fixture
def subscriber():
    return Subscriber()


@pytest.fixture
def queue(subscriber):
    opened = EventQueue(subscriber, Arrivals(), lambda event: None)
    opened.bind("player.alice")
    return opened


@pytest.fixture
def start(queue):
    """Begins to bind a key."""

    def start():
        thread = eventlet.spawn(queue.bind, "session.1")
        eventlet.sleep(0)
        return thread

    return start


def test_a_second_bind_of_a_key_waits_for_the_first(subscriber, start):
    first, second = start(), start()
    assert len(subscriber.asked) == 1 and not second.dead
    subscriber.asked[0].send()
    first.wait()
    second.wait()
    assert len(subscriber.asked) == 1


def test_a_second_bind_tries_again_where_the_first_failed(subscriber, start):
    first, second = start(), start()
    subscriber.asked[0].send_exception(Unavailable("The broker is away"))
    with pytest.raises(Unavailable):
        first.wait()
    eventlet.sleep(0)
    subscriber.asked[1].send()
    second.wait()


def test_binding_one_key_does_not_wait_for_another(subscriber, start, queue):
    start()
    eventlet.spawn_n(queue.bind, "session.2")
    eventlet.sleep(0)
    assert len(subscriber.asked) == 2


def test_a_bound_key_is_not_bound_again(subscriber, queue):
    queue.bind("player.alice")
    assert subscriber.asked == []


def test_client_that_has_gone_in_line_takes_no_place(subscriber, monkeypatch):
    monkeypatch.setattr(module, "MAX_ARRIVING", 1)
    arrivals = Arrivals()
    first, second = (EventQueue(subscriber, arrivals, lambda event: None) for _ in range(2))

    def arrive():
        with second.arriving():
            pytest.fail("it has gone")

    with first.arriving():
        waiting = eventlet.spawn(arrive)
        eventlet.sleep(0)
        second.close()
    with pytest.raises(Unavailable), eventlet.Timeout(60):
        waiting.wait()
    assert not arrivals._is_full
