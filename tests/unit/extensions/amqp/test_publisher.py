"""What the publisher writes, and what becomes of it by the broker's confirms."""

import time
from types import SimpleNamespace

import eventlet
import pytest
from amqp.basic_message import Message as AmqpMessage
from kombu import Exchange

from extensions.amqp import frames
from extensions.amqp import publisher as module
from extensions.amqp.confirms import Confirms
from extensions.amqp.publisher import (
    CONFIRM_TIMEOUT_SECONDS,
    ConfirmingPublisher,
    Message,
    NotPublished,
)
from tests.unit.fakes import LinkTo, read_frames

CHANNEL = SimpleNamespace(channel_id=1, connection=SimpleNamespace(frame_max=131072))


class Link(LinkTo):
    """A link that takes a turn whenever the test says."""

    def open_channel(self, on_connect, on_tick, *others):
        return super().open_channel(on_connect, lambda: on_tick(CHANNEL), *others)


@pytest.fixture(autouse=True)
def limit():
    with eventlet.Timeout(60):
        yield


@pytest.fixture
def link():
    return Link()


@pytest.fixture
def publisher(link):
    return ConfirmingPublisher(link, ["an.exchange", "a.durable"], durable=["a.durable"])


@pytest.fixture
def publish(publisher):
    """Publishes in a greenthread of its own, which ends with the error, or None."""

    def outcome(messages):
        try:
            publisher.publish(messages)
        except NotPublished as error:
            return error

    def publish(*bodies, cc=(), exchange="an.exchange"):
        messages = [Message(exchange, "a.key", cc, body) for body in bodies]
        publishing = eventlet.spawn(outcome, messages)
        eventlet.sleep(0)
        return publishing

    return publish


def bodies(written):
    return [payload for kind, payload in read_frames(written) if kind == frames.BODY]


def properties(written):
    """Return the properties of the first message, as py-amqp reads them."""
    message = AmqpMessage()
    header = read_frames(written)[1][1]
    message._load_properties(frames.BASIC_CLASS, header, 12)
    return message.properties


class TestWriting:
    def test_waiting_messages_are_written_together(self, publish, link):
        publish({"n": 1}, {"n": 2})
        publish({"n": 3})
        link.turn()
        [written] = link.written
        assert bodies(written) == [b'{"n":1}', b'{"n":2}', b'{"n":3}']

    def test_later_messages_do_not_wait_for_confirms(self, publish, link):
        for number in range(2):
            publish({"n": number})
            link.turn()
        assert [bodies(each) for each in link.written] == [[b'{"n":0}'], [b'{"n":1}']]

    @pytest.mark.parametrize("cc", [(), ("player.alice.it",)])
    @pytest.mark.parametrize(("exchange", "mode"), [("an.exchange", 1), ("a.durable", 2)])
    def test_properties_say_how_it_is_kept_and_who_hears(self, publish, link, cc, exchange, mode):
        publish({}, cc=cc, exchange=exchange)
        link.turn()
        found = properties(link.written[0])
        assert found.get("application_headers", {}).get("CC", []) == list(cc)
        assert found["delivery_mode"] == mode

    def test_a_message_that_cannot_be_encoded_fails_alone(self, publish, publisher, link):
        bad, good = publish({"no json": object()}), publish({})
        link.turn()
        assert bad.wait() is not None
        publisher._on_ack(1, False)
        assert good.wait() is None


class TestConfirms:
    @pytest.mark.parametrize(
        "acks", [[(3, True)], [(1, False), (2, False), (3, False)], [(3, False), (2, True)]]
    )
    def test_confirms_in_any_order_end_all_publications(self, publish, publisher, link, acks):
        publishing = [publish({}), publish({}, {})]
        link.turn()
        for ack in acks:
            publisher._on_ack(*ack)
        assert [each.wait() for each in publishing] == [None, None]
        assert not publisher._unconfirmed and not publisher._confirms._beyond

    def test_a_batch_ends_when_all_of_it_is_confirmed(self, publish, publisher, link):
        publishing = publish({}, {})
        link.turn()
        publisher._on_ack(2, False)
        eventlet.sleep(0)
        assert not publishing.dead
        publisher._on_ack(1, False)
        assert publishing.wait() is None

    def test_a_missing_confirm_breaks_the_link_in_time(self, publish, link, monkeypatch):
        publish({})
        link.turn()
        link.turn()
        late = time.monotonic() + CONFIRM_TIMEOUT_SECONDS + 1
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: late))
        with pytest.raises(TimeoutError):
            link.turn()

    def test_a_refusal_breaks_the_link(self, publisher):
        with pytest.raises(ConnectionError):
            publisher._on_nack(1, False)


class TestSubmitting:
    def test_a_submitter_is_told_of_the_confirm_later(self, publisher, link):
        told = []
        publisher.submit([Message("an.exchange", "a.key", (), {})], told.append)
        link.turn()
        assert not told and not publisher.is_idle
        publisher._on_ack(1, False)
        assert told == [None] and publisher.is_idle

    def test_a_submitted_message_is_written_before_later_writes(self, publisher, link, monkeypatch):
        monkeypatch.setattr(Exchange, "declare", lambda self: None)
        link.connect()
        publisher.submit([Message("an.exchange", "a.key", (), {"n": 1})], lambda error: None)
        link.write(b"a reply")
        [event, reply] = link.written
        assert bodies(event) == [b'{"n":1}'] and reply == b"a reply"

    def test_between_two_connections_it_waits_for_the_next(self, publisher, link, monkeypatch):
        monkeypatch.setattr(Exchange, "declare", lambda self: None)
        link.connect()
        link.channel = None  # the owner is about to tell of the loss
        publisher.submit([Message("an.exchange", "a.key", (), {"n": 1})], lambda error: None)
        assert not link.written
        link.connect()
        link.turn()
        assert bodies(link.written[0]) == [b'{"n":1}']

    def test_no_more_than_so_many_wait_for_the_broker(self, publisher, monkeypatch):
        monkeypatch.setattr(module, "MAX_UNCONFIRMED_BATCHES", 2)
        told = []
        for _ in range(3):
            publisher.submit([Message("an.exchange", "a.key", (), {})], told.append)
        [error] = told
        assert isinstance(error, NotPublished) and "too many" in str(error)


class TestBreaks:
    def test_unconfirmed_messages_are_written_once_more(self, publish, publisher, link):
        publishing = publish({"n": 1})
        link.turn()
        link.lose(OSError("broken pipe"))
        publisher._confirms = Confirms()
        link.turn()
        assert [bodies(each) for each in link.written] == [[b'{"n":1}']] * 2
        publisher._on_ack(1, False)
        assert publishing.wait() is None

    def test_after_the_second_break_it_fails(self, publish, link):
        publishing = [publish({}), publish({})]
        link.turn()
        for _ in range(2):
            link.lose(OSError("broken pipe"))
        assert [str(each.wait()) for each in publishing] == ["broken pipe"] * 2

    def test_after_a_fault_of_ours_it_fails_at_once(self, publish, link):
        publishing = publish({})
        link.lose(KeyError("a fault"))
        assert publishing.wait() is not None

    def test_waiting_messages_fail_when_the_publisher_stops(self, publish, publisher):
        publishing = publish({})
        publisher.stop()
        assert "stopped" in str(publishing.wait())
        assert "stopped" in str(publish({}).wait())


class TestBlockedBroker:
    def test_a_block_fails_unconfirmed_messages_and_refuses_new_ones(
        self, publish, publisher, link
    ):
        publishing = [publish({"n": 1})]
        link.turn()
        publishing.append(publish({"n": 2}))
        link.block(True)
        publishing.append(publish({"n": 3}))
        assert {str(each.wait()) for each in publishing} == {module.BLOCKED}
        assert publisher.is_idle

    def test_messages_after_a_block_are_published(self, publish, publisher, link):
        link.block(True)
        link.block(False)
        publishing = publish({})
        link.turn()
        publisher._on_ack(1, False)
        assert publishing.wait() is None

    def test_one_that_is_stopped_stays_so(self, publish, publisher, link):
        publisher.stop()
        for is_blocked in (True, False):
            link.block(is_blocked)
        assert str(publish({}).wait()) == module.STOPPED


def test_no_caller_waits_beyond_its_deadline(publish, monkeypatch):
    monkeypatch.setattr(module, "PUBLISH_TIMEOUT_SECONDS", 0.001)
    assert "in time" in str(publish({}).wait())
