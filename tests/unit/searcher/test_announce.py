"""What the searcher announces, and what it keeps to be announced later."""

import pytest

from extensions.amqp.publisher import NotPublished
from extensions.outbox.message import OutboxMessage
from searcher.dependencies import MOST_KEPT, Announce


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
def announce(publisher):
    return Announce("searcher_service.events", publisher)


def notice(login):
    return OutboxMessage(f"search.{login}", "searcher.expired", {"waited": 1}, players=(login,))


def test_a_notice_goes_to_the_exchange_by_its_key_and_to_its_players(announce, publisher):
    announce([notice("alice")])
    [message] = publisher.published
    assert (message.exchange, message.routing_key, message.cc) == (
        "searcher_service.events", "search.alice.searcher.expired",
        ("player.alice.searcher.expired",),
    )
    assert message.body["params"] == {"waited": 1} and not message.persistent


def test_what_the_broker_does_not_take_is_told(announce, publisher):
    publisher.away = True
    with pytest.raises(NotPublished):
        announce([notice("alice")])


def test_what_is_kept_is_announced_in_its_order_and_once(announce, publisher):
    announce.later([notice("alice"), notice("bob")])
    announce.later([notice("carol")])
    assert publisher.calls == 0
    publisher.away = True
    announce.send_kept()
    publisher.away = False
    announce.send_kept()
    announce.send_kept()
    assert [message.routing_key for message in publisher.published] == [
        f"search.{login}.searcher.expired" for login in ("alice", "bob", "carol")
    ]


def test_where_nothing_is_kept_the_broker_is_left_alone(announce, publisher):
    announce.send_kept()
    assert publisher.calls == 0


def test_what_is_kept_is_bounded(announce, publisher):
    announce.later([notice("alice")] * (MOST_KEPT + 1))
    announce.send_kept()
    assert len(publisher.published) == MOST_KEPT
