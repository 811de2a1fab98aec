"""A message that was handled is taken off its queue; what fails comes again, or is dropped."""

import time
from types import SimpleNamespace

import eventlet
import pytest
from nameko.messaging import Consumer

import extensions.amqp.durable_consumer
from extensions.amqp.durable_consumer import DurableConsumer
from extensions.observability.health import MAX_BACKLOG_MESSAGES, ProcessHealth


class Queue:
    """Keeps what was acknowledged; the link to the broker may be broken."""

    def __init__(self):
        self.acknowledged = []
        self.broken = False

    def register_provider(self, provider):
        self.provider = provider

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
        Consumer, "handle_message", lambda self, body, message: handled.append((body, message))
    )
    return handled


@pytest.fixture
def listener(queue, handled, monkeypatch):
    monkeypatch.setattr(extensions.amqp.durable_consumer, "RETRY_PAUSE_SECONDS", 0)
    listener = DurableConsumer(SimpleNamespace(name="results"), transient_errors=(OSError,))
    listener.queue_consumer = queue
    listener.container = SimpleNamespace(health=ProcessHealth())
    listener.method_name = "count_result"
    listener.setup()
    return listener


@pytest.fixture
def message():
    return SimpleNamespace(
        payload={"text": "x" * 10_000}, channel=SimpleNamespace(connection="the link")
    )


@pytest.fixture
def ailing(listener, monkeypatch):
    """What is amiss with the listener so many seconds after the last of its doings."""

    def ailing(after=60):
        now = time.monotonic()
        with monkeypatch.context() as patch:
            patch.setattr(extensions.observability.health.time, "monotonic", lambda: now + after)
            return listener.container.health.problems()

    return ailing


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


class TestVital:
    def test_who_has_nothing_to_do_is_not_late_with_it(self, listener, ailing):
        listener.note_waiting(0)
        assert ailing(after=1) == []

    def test_who_handles_nothing_of_what_waits_ails(self, listener, ailing, message):
        listener.note_waiting(2)
        assert ailing() == ["count_result has not run for 60 s"]

    def test_who_does_not_get_done_with_a_message_ails(self, listener, ailing, message):
        listener.handle_message({}, message)
        listener.note_waiting(0)
        assert ailing() == ["count_result has not run for 60 s"]
        listener.handle_message_processed(message)
        assert ailing(after=1) == []

    def test_who_handles_some_and_is_far_behind_ails(self, listener, ailing, message):
        listener.handle_message({}, message)
        listener.note_waiting(MAX_BACKLOG_MESSAGES + 1)
        listener.handle_message_processed(message)
        assert ailing(after=1) == [f"count_result is {MAX_BACKLOG_MESSAGES + 1} messages behind"]

    def test_what_is_to_be_handled_again_is_still_in_hand(self, listener, ailing, message):
        listener.handle_message({}, message)
        listener.handle_message_processed(message, exc_info=failed(ConnectionError()))
        listener.note_waiting(0)
        assert ailing() == ["count_result has not run for 60 s"]
        eventlet.sleep(0.01)
        listener.note_waiting(0)
        assert ailing() == ["count_result has not run for 60 s"]
        listener.handle_message_processed(message)
        listener.note_waiting(0)
        assert ailing(after=1) == []
