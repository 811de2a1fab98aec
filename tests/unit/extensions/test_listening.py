"""A message that was handled is taken off its queue; what fails comes again, or is dropped."""

from types import SimpleNamespace

import eventlet
import pytest

import extensions.listening
from extensions.listening import Listener


class Queue:
    """Keeps what became of messages; the link to the broker may be broken."""

    def __init__(self):
        self.acknowledged, self.requeued = [], []
        self.broken = False

    def ack_message(self, message):
        self._settle(self.acknowledged, message)

    def requeue_message(self, message):
        self._settle(self.requeued, message)

    def _settle(self, settled, message):
        if self.broken:
            raise OSError("the link is broken")
        settled.append(message)


@pytest.fixture
def queue():
    return Queue()


@pytest.fixture
def listener(queue, monkeypatch):
    monkeypatch.setattr(extensions.listening, "PAUSE", 0)
    listener = Listener(SimpleNamespace(name="results"), passing=(OSError,))
    listener.queue_consumer = queue
    return listener


@pytest.fixture
def message():
    return SimpleNamespace(payload={"text": "x" * 10_000})


def failed(error):
    return type(error), error, None


def test_what_was_handled_is_acknowledged(listener, queue, message):
    listener.handle_message_processed(message)
    assert (queue.acknowledged, queue.requeued) == ([message], [])


def test_after_an_error_that_will_be_over_it_comes_again_after_a_pause(listener, queue, message):
    listener.handle_message_processed(message, exc_info=failed(ConnectionError()))
    assert (queue.acknowledged, queue.requeued) == ([], [])
    eventlet.sleep(0.01)
    assert (queue.acknowledged, queue.requeued) == ([], [message])


def test_after_any_other_error_it_is_dropped_and_that_is_logged_in_short(
    listener, queue, message, caplog
):
    listener.handle_message_processed(message, exc_info=failed(ValueError("no")))
    assert (queue.acknowledged, queue.requeued) == ([message], [])
    [record] = caplog.records
    assert "results is dropped" in record.getMessage() and len(record.getMessage()) < 1100


def test_where_the_link_is_broken_the_broker_is_left_to_send_it_again(listener, queue, message):
    queue.broken = True
    listener.handle_message_processed(message)
    assert queue.acknowledged == []
