"""A message that was handled is taken off its queue; what fails comes again, or is dropped."""

from types import SimpleNamespace

import eventlet
import pytest

import extensions.listening
from extensions.listening import Listener


class Queue:
    """Keeps what was acknowledged; the link to the broker may be broken."""

    def __init__(self):
        self.acknowledged = []
        self.broken = False

    def ack_message(self, message):
        if self.broken:
            raise OSError("the link is broken")
        self.acknowledged.append(message)


@pytest.fixture
def queue():
    return Queue()


@pytest.fixture
def handled(monkeypatch):
    """What is handled, first or again."""
    handled = []
    monkeypatch.setattr(
        Listener, "handle_message", lambda self, body, message: handled.append((body, message))
    )
    return handled


@pytest.fixture
def listener(queue, handled, monkeypatch):
    monkeypatch.setattr(extensions.listening, "PAUSE", 0)
    listener = Listener(SimpleNamespace(name="results"), passing=(OSError,))
    listener.queue_consumer = queue
    return listener


@pytest.fixture
def message():
    return SimpleNamespace(
        payload={"text": "x" * 10_000}, channel=SimpleNamespace(connection="the link")
    )


def failed(error):
    return type(error), error, None


def test_what_was_handled_is_acknowledged(listener, queue, message):
    listener.handle_message_processed(message)
    assert queue.acknowledged == [message]


def test_after_an_error_that_will_be_over_it_is_handled_again_after_a_pause(
    listener, queue, handled, message
):
    listener.handle_message_processed(message, exc_info=failed(ConnectionError()))
    assert handled == []
    eventlet.sleep(0.01)
    assert handled == [(message.payload, message)]
    assert queue.acknowledged == []


def test_what_the_broker_has_back_is_left_to_the_broker(listener, queue, handled, message):
    listener.handle_message_processed(message, exc_info=failed(ConnectionError()))
    message.channel.connection = None
    eventlet.sleep(0.01)
    assert (handled, queue.acknowledged) == ([], [])


def test_after_any_other_error_it_is_dropped_and_that_is_logged_in_short(
    listener, queue, handled, message, caplog
):
    listener.handle_message_processed(message, exc_info=failed(ValueError("no")))
    assert (queue.acknowledged, handled) == ([message], [])
    [record] = caplog.records
    assert "results is dropped" in record.getMessage() and len(record.getMessage()) < 1100


def test_where_the_link_is_broken_the_broker_is_left_to_send_it_again(listener, queue, message):
    queue.broken = True
    listener.handle_message_processed(message)
    assert queue.acknowledged == []
