"""What tests of the outbox share: what stands for the broker."""

import pytest

from extensions.amqp.publisher import NotPublished


class Publisher:
    """Keeps what it is given, unless the broker is away."""

    def __init__(self):
        self.messages = []
        self.calls = 0
        self.away = False

    def publish(self, messages):
        if self.away:
            raise NotPublished("the broker is away")
        self.calls += 1
        self.messages += messages

    def submit(self, messages, on_done):
        try:
            self.publish(messages)
        except NotPublished as error:
            on_done(error)
        else:
            on_done(None)

    @property
    def events(self):
        return [message.body["event"] for message in self.messages]


@pytest.fixture
def publisher():
    return Publisher()
