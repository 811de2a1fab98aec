"""What the searcher announces, and what it keeps to be announced later."""

import pytest

from extensions.amqp.publisher import NotPublished
from extensions.outbox.message import OutboxMessage
from searcher.event_publisher import MAX_KEPT_MESSAGES, EventPublisher


class Publisher:
    """Keeps what is published, unless the broker is away."""

    def __init__(self):
        self.published = []
        self.calls = 0
        self.away = False

    def publish(self, messages):
        self.calls += 1
        if self.away:
            raise NotPublished("the broker is away")
        self.published += messages


@pytest.fixture
def publisher():
    return Publisher()


@pytest.fixture
def event_publisher(publisher):
    return EventPublisher("searcher_service.events", publisher)


def message_to(login):
    return OutboxMessage(f"search.{login}", "searcher.expired", {"waited": 1}, players=(login,))


def test_a_message_has_its_key_and_those_of_its_players(event_publisher, publisher):
    event_publisher.send([message_to("alice")])
    [message] = publisher.published
    assert (message.exchange, message.routing_key, message.cc) == (
        "searcher_service.events", "search.alice", ("player.alice",)
    )
    assert message.body["params"] == {"waited": 1}


def test_a_message_that_is_not_confirmed_raises(event_publisher, publisher):
    publisher.away = True
    with pytest.raises(NotPublished):
        event_publisher.send([message_to("alice")])


def test_kept_messages_are_announced_in_order_and_once(event_publisher, publisher):
    event_publisher.send_later([message_to("alice"), message_to("bob")])
    event_publisher.send_later([message_to("carol")])
    assert publisher.calls == 0
    publisher.away = True
    event_publisher.send_kept()
    publisher.away = False
    event_publisher.send_kept()
    event_publisher.send_kept()
    assert [message.routing_key for message in publisher.published] == [
        f"search.{login}" for login in ("alice", "bob", "carol")
    ]


def test_an_empty_event_publisher_leaves_the_broker_alone(event_publisher, publisher):
    event_publisher.send_kept()
    assert publisher.calls == 0


def test_kept_messages_are_bounded(event_publisher, publisher):
    event_publisher.send_later([message_to("alice")] * (MAX_KEPT_MESSAGES + 1))
    event_publisher.send_kept()
    assert len(publisher.published) == MAX_KEPT_MESSAGES
