"""What tests of the searcher share: what it announces, and the session service that it calls."""

import pytest

import searcher.event_publisher
from extensions.amqp.publisher import NotPublished
from tests.unit.fakes import Sessions


class EventPublisher:
    """Keeps what is announced, unless the broker is away, and what is to be announced later."""

    def __init__(self):
        self.sent = []
        self.kept = []
        self.away = False

    def send(self, messages):
        if self.away:
            raise NotPublished("the broker is away")
        self.sent += messages

    def send_later(self, messages):
        self.kept += messages

    send_or_keep = searcher.event_publisher.EventPublisher.send_or_keep

    def connected_seconds(self):
        return 0.0 if self.away else float("inf")

    @property
    def heard(self):
        """The event of each message that was sent, and the players who hear of it."""
        return [(message.event, message.players) for message in self.sent]

    def told(self, event):
        """Who was told of an event, and what."""
        return [
            (login, message.params) for message in self.sent if message.event == f"searcher.{event}"
            for login in message.players
        ]


@pytest.fixture
def publisher():
    return EventPublisher()


@pytest.fixture
def sessions():
    return Sessions()
