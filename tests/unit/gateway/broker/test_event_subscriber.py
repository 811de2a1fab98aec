"""What is wished of a link to the broker that stays away is not kept without a bound.

And once the link is back, it is said since when nothing was heard.
"""

import eventlet
import pytest
from eventlet.event import Event

from gateway.broker import event_subscriber as module
from gateway.broker.event_subscriber import LATEST, EventSubscriber, Queue
from gateway.protocol.errors import Unavailable

MOST = 5


@pytest.fixture
def inbox(monkeypatch):
    """An inbox whose broker is away."""
    monkeypatch.setattr(module, "MOST_WISHES", MOST)
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.001)
    return EventSubscriber("amqp://nowhere", 10.0, lambda: None)


def test_there_are_never_more_than_so_many(inbox):
    known = Queue(lambda routing_key, body: None)
    inbox._queues.add(known)
    for number in range(3 * MOST):
        with pytest.raises(Unavailable):
            inbox.open(known.deliver, f"key {number}")
        with pytest.raises(Unavailable):
            inbox.bind(known, "key")
        inbox.unbind(known, "key")
    assert len(inbox._wishes) == MOST
    inbox.close(known)
    assert len(inbox._wishes) == MOST and not known.open and not inbox._queues


def test_a_queue_that_is_closed_while_the_link_is_up_is_deleted_however_many_wish(inbox):
    inbox.up = True
    for _ in range(2 * MOST):
        inbox.close(Queue(lambda routing_key, body: None))
    assert len(inbox._wishes) == 2 * MOST


def test_when_the_link_is_back_it_is_said_since_when_nothing_was_heard():
    told, back, connecting = Event(), Event(), iter([None, OSError(), OSError(), None])
    inbox = EventSubscriber("memory://", 10.0, told.send)

    def connect():
        error = next(connecting)
        if error:
            raise error

    def serve():
        if inbox._heard_at == 1000.0:
            back.wait()
        inbox._heard_at = 1000.0
        raise OSError("the link is broken")

    inbox._connect, inbox._serve = connect, serve
    running = eventlet.spawn(inbox.run)
    with eventlet.Timeout(10):
        assert told.wait() == 1000.0 - LATEST
    running.kill()
