"""A message that was handled is taken off its queue; what fails comes again, or is dropped."""

import time
from types import SimpleNamespace

import eventlet
import pytest
from kombu import Queue

import extensions.amqp.durable_consumer
from extensions import json_codec
from extensions.amqp.consumer import Message
from extensions.amqp.durable_consumer import DurableConsumer
from extensions.amqp.frames import BASIC_ACK, Delivery, encode_properties
from extensions.observability.health import MAX_BACKLOG_MESSAGES, ProcessHealth
from tests.unit.fakes import LinkTo, read_frames


class Broker:
    """Stands in for the link of the service; a worker is always free."""

    def __init__(self):
        self.link = LinkTo()

    def when_free(self, start):
        start()


@pytest.fixture
def link(listener):
    return listener.broker.link


@pytest.fixture
def handled():
    """What is handled, first or again."""
    return []


@pytest.fixture
def listener(handled, monkeypatch):
    monkeypatch.setattr(extensions.amqp.durable_consumer, "RETRY_PAUSE_SECONDS", 0)
    listener = DurableConsumer(Queue("results"), transient_errors=(OSError,))
    monkeypatch.setattr(Queue, "declare", lambda self: None)
    listener.broker = Broker()
    listener.container = SimpleNamespace(
        health=ProcessHealth(), max_workers=8,
        spawn_worker=lambda self, args, kwargs, **options: handled.append(args[0]),
    )
    listener.method_name = "count_result"
    listener.setup()
    listener.broker.link.connect()
    return listener


@pytest.fixture
def message(link):
    """A message that is in hand."""
    body = json_codec.encode({"text": "x" * 10_000})
    return Message(Delivery(7, "results", 5, "", encode_properties(), body), link.channel)


@pytest.fixture
def settled(link):
    """Returns the delivery tags of what was acknowledged."""

    def settled():
        acks = [payload for _, payload in read_frames(b"".join(link.written))]
        return [int.from_bytes(each[4:12], "big") for each in acks if each[3] == BASIC_ACK]

    return settled


@pytest.fixture
def unhealthy(listener, monkeypatch):
    """What is amiss with the listener so many seconds after the last of its doings."""

    def unhealthy(after=60):
        now = time.monotonic()
        with monkeypatch.context() as patch:
            patch.setattr(extensions.observability.health.time, "monotonic", lambda: now + after)
            return listener.container.health.problems()

    return unhealthy


def failed(error):
    return type(error), error, None


def test_a_message_is_handled(link, handled, listener):
    delivery = Delivery(7, "results", 5, "", encode_properties(), b'{"text":"x"}')
    link.channel.callbacks["results"](delivery)
    assert handled == [{"text": "x"}]
    assert link.channel.prefetch == 8


def test_a_message_that_is_no_json_is_dropped(link, handled, settled, caplog):
    link.channel.callbacks["results"](Delivery(7, "results", 5, "", encode_properties(), b"{"))
    assert (handled, settled()) == ([], [5])
    assert "results is dropped" in caplog.text


def test_a_message_of_another_form_is_dropped(link, handled, listener, settled, monkeypatch):
    monkeypatch.setattr(listener, "read", lambda body: int(body["text"]))
    for tag, text in ((5, b"seven"), (6, b"7")):
        sent = b'{"text":"%s"}' % text
        delivery = Delivery(7, "results", tag, "", encode_properties(), sent)
        link.channel.callbacks["results"](delivery)
    assert (handled, settled()) == ([7], [5])


def test_the_part_read_of_a_message_is_handled_again(listener, handled, message, monkeypatch):
    monkeypatch.setattr(listener, "read", lambda body: len(body["text"]))
    listener.handle_message_processed(message, exc_info=failed(OSError("away")))
    eventlet.sleep(0)
    assert handled == [10_000]


def test_a_handled_message_is_acknowledged(listener, settled, message):
    listener.handle_message_processed(message)
    assert settled() == [5]


def test_after_a_transient_error_a_message_is_handled_again(listener, settled, handled, message):
    listener.handle_message_processed(message, exc_info=failed(ConnectionError()))
    assert handled == []
    eventlet.sleep(0.01)
    assert handled == [message.payload]
    assert settled() == []


def test_a_message_given_back_to_the_broker_is_left_to_it(
    listener, link, settled, handled, message
):
    listener.handle_message_processed(message, exc_info=failed(ConnectionError()))
    link.connect()
    eventlet.sleep(0.01)
    assert (handled, settled()) == ([], [])


def test_after_any_other_error_a_message_is_dropped_and_logged(
    listener, settled, handled, message, caplog
):
    listener.handle_message_processed(message, exc_info=failed(ValueError("no")))
    assert (settled(), handled) == ([5], [])
    [record] = caplog.records
    assert "results is dropped" in record.getMessage() and len(record.getMessage()) < 1100


def test_redelivery_on_a_broken_link_is_left_to_the_broker(
    listener, link, settled, message, caplog
):
    link.connect()
    listener.handle_message_processed(message)
    assert settled() == []
    assert "results will be delivered again" in caplog.text


def test_waiting_messages_are_counted_now_and_then(listener, link, unhealthy):
    link.channel.counted = 3
    link.turn(link.channel)
    link.channel.counted = 0
    link.turn(link.channel)  # it is too early to look again
    assert unhealthy() == ["count_result has not run for 60 s"]


class TestHealth:
    def test_an_idle_consumer_is_healthy(self, listener, unhealthy):
        listener.note_waiting(0)
        assert unhealthy(after=1) == []

    def test_a_consumer_that_handles_nothing_is_unhealthy(self, listener, unhealthy, message):
        listener.note_waiting(2)
        assert unhealthy() == ["count_result has not run for 60 s"]

    def test_a_consumer_stuck_in_a_message_is_unhealthy(self, listener, unhealthy, message):
        listener.handle_message(message.payload, message)
        listener.note_waiting(0)
        assert unhealthy() == ["count_result has not run for 60 s"]
        listener.handle_message_processed(message)
        assert unhealthy(after=1) == []

    def test_a_consumer_far_behind_is_unhealthy(self, listener, unhealthy, message):
        listener.handle_message(message.payload, message)
        listener.note_waiting(MAX_BACKLOG_MESSAGES + 1)
        listener.handle_message_processed(message)
        assert unhealthy(after=1) == [f"count_result is {MAX_BACKLOG_MESSAGES + 1} messages behind"]

    def test_a_message_to_be_handled_again_is_still_in_hand(self, listener, unhealthy, message):
        listener.handle_message(message.payload, message)
        listener.handle_message_processed(message, exc_info=failed(ConnectionError()))
        listener.note_waiting(0)
        assert unhealthy() == ["count_result has not run for 60 s"]
        eventlet.sleep(0.01)
        listener.note_waiting(0)
        assert unhealthy() == ["count_result has not run for 60 s"]
        listener.handle_message_processed(message)
        listener.note_waiting(0)
        assert unhealthy(after=1) == []
