"""The RPC policy: every call has a deadline, requests and replies are transient, and a reply that
cannot be sent is not the end."""

import gc
from types import SimpleNamespace
from unittest.mock import Mock

import eventlet
import pytest
from kombu.exceptions import OperationalError
from nameko.amqp.publish import Publisher
from nameko.constants import NON_PERSISTENT
from nameko.exceptions import RpcTimeout, UnknownService

from extensions.amqp.queue_consumer import RobustQueueConsumer
from extensions.rpc.client import ClusterRpcProxy, RpcProxy
from extensions.rpc.policy import (
    RETRY_POLICY,
    UNANSWERED_ERRORS,
    ReplyPublisher,
    RequestPublisher,
)
from extensions.rpc.reply_listener import GreenReplyListener
from extensions.settings import Settings
from tests.unit.fakes import Container

SETTINGS = Settings(amqp_uri="memory://", rpc_timeout=7)


@pytest.fixture
def published(monkeypatch):
    """What stock Nameko's publisher is asked to publish, and with which options."""
    published = []
    monkeypatch.setattr(
        Publisher, "publish", lambda self, payload, **options: published.append((payload, options))
    )
    return published


@pytest.fixture
def broker_is_away(monkeypatch):
    def publish(self, payload, **options):
        raise OSError("the broker is away")

    monkeypatch.setattr(Publisher, "publish", publish)


@pytest.mark.parametrize("publisher", [RequestPublisher, ReplyPublisher])
def test_requests_and_replies_are_transient_and_tried_again_for_a_while(published, publisher):
    publisher("memory://").publish({"args": []}, routing_key="sessions.execute")
    [(payload, options)] = published
    assert payload == {"args": []}
    assert options["routing_key"] == "sessions.execute"
    assert options["transport_options"] == RETRY_POLICY
    assert publisher.delivery_mode == NON_PERSISTENT
    assert publisher.retry_policy == RETRY_POLICY


def test_no_two_publishes_share_the_options_that_kombu_writes_into(published):
    for _ in range(2):
        RequestPublisher("memory://").publish({})
    first, second = [options["transport_options"] for _, options in published]
    assert first is not second
    assert first is not RETRY_POLICY


def test_a_request_is_confirmed_and_a_reply_is_not():
    assert RequestPublisher.use_confirms is True
    assert ReplyPublisher.use_confirms is False


def test_a_reply_that_cannot_be_sent_is_lost_and_logged(broker_is_away, caplog):
    ReplyPublisher("memory://").publish({"result": 1})
    assert "A reply could not be sent" in caplog.text


def test_a_request_that_cannot_be_sent_is_told_to_its_caller(broker_is_away):
    with pytest.raises(OSError, match="the broker is away"):
        RequestPublisher("memory://").publish({})


def test_a_services_own_calls_keep_the_policy():
    container = Container(SETTINGS, "rooms")
    provider = RpcProxy("sessions").bind(container, "sessions")
    proxy = provider.get_dependency(SimpleNamespace(container=container))
    assert proxy.options == {"expiration": 7, "confirm_timeout": 7}
    assert isinstance(proxy.create.publisher, RequestPublisher)
    assert isinstance(provider.rpc_reply_listener, GreenReplyListener)


def test_the_gateways_calls_keep_the_policy():
    cluster = ClusterRpcProxy(SETTINGS)
    proxy = cluster._proxy["sessions"]
    assert proxy.options == {"expiration": 7, "confirm_timeout": 7}
    assert proxy is cluster._proxy["sessions"]


@pytest.mark.parametrize(
    "error", [RpcTimeout(5), UnknownService("rooms"), OSError("gone"), ConnectionResetError()]
)
def test_what_is_not_answered_is_known_as_such(error):
    assert isinstance(error, UNANSWERED_ERRORS)


class TestReplies:
    @pytest.fixture
    def listener(self):
        return GreenReplyListener(timeout=0.001)

    def test_a_reply_reaches_who_waits_for_it_and_is_forgotten(self):
        listener = GreenReplyListener(timeout=10)
        reply = listener.get_reply_event("mine")
        eventlet.spawn_n(lambda: listener._reply_events["mine"].send("answer"))
        assert reply.wait() == "answer"
        assert "mine" not in listener._reply_events

    def test_one_that_does_not_come_is_waited_for_no_longer_than_the_deadline(self, listener):
        reply = listener.get_reply_event("mine")
        with pytest.raises(RpcTimeout):
            reply.wait()
        assert "mine" not in listener._reply_events

    def test_of_a_request_that_was_never_sent_nothing_is_left(self, listener):
        listener.get_reply_event("never sent")
        gc.collect()
        assert len(listener._reply_events) == 0

    def test_any_number_may_wait_at_once_and_each_gets_its_own(self):
        listener = GreenReplyListener(timeout=1)
        replies = {number: listener.get_reply_event(number) for number in range(50)}
        threads = {number: eventlet.spawn(reply.wait) for number, reply in replies.items()}
        for number in reversed(replies):
            listener._reply_events[number].send(f"answer {number}")
        assert {number: thread.wait() for number, thread in threads.items()} == {
            number: f"answer {number}" for number in replies
        }


def test_of_several_brokers_that_are_away_no_password_is_logged(caplog):
    uri = "amqp://me:first@127.0.0.1:1//;amqp://me:second@127.0.0.1:1//"
    container = Container(Settings(amqp_uri=uri), "noop")
    consumer = RobustQueueConsumer().bind(container)
    consumer.connect_max_retries = 2
    with pytest.raises(OperationalError), consumer.establish_connection():
        pass
    [_] = [each for each in caplog.records if each.name == "extensions.observability.health"]
    assert "first" not in caplog.text and "second" not in caplog.text


def test_a_dead_link_is_noticed_as_soon_as_the_setting_says():
    container = Container(Settings(amqp_uri="memory://", heartbeat=7), "noop")
    assert RobustQueueConsumer().bind(container).connection.heartbeat == 7


@pytest.mark.parametrize("error", [BrokenPipeError, ConnectionResetError, TimeoutError])
def test_a_link_that_breaks_before_a_message_is_settled_is_not_the_end(error):
    consumer = RobustQueueConsumer().bind(Container(SETTINGS, "noop"))
    message = Mock()
    message.ack.side_effect = message.requeue.side_effect = error
    consumer.ack_message(message)
    consumer.requeue_message(message)
    assert message.ack.called and message.requeue.called
