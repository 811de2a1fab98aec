"""What a method is given of the messages that tell of logins."""

import pytest

from extensions.amqp.login_consumer import LoginConsumer


@pytest.fixture
def consumer():
    return LoginConsumer("rooms.deletions", "deletions")


def test_the_login_is_read_of_a_message(consumer):
    message = {"id": "1", "event": "auth.guest_deleted", "params": {"login": "otter", "at": "now"}}
    assert consumer.read(message) == "otter"


@pytest.mark.parametrize("message", [
    None, {}, {"params": {"login": ""}}, {"params": {"login": "x" * 21}}, {"params": {"login": 1}},
])
def test_message_that_names_no_login_is_refused(consumer, message):
    with pytest.raises(ValueError, match="validation errors"):
        consumer.read(message)


def test_messages_wait_in_a_durable_queue(consumer):
    assert (consumer.queue.name, consumer.queue.durable) == ("rooms.deletions", True)
    assert (consumer.queue.exchange.name, consumer.queue.exchange.durable) == ("deletions", True)
