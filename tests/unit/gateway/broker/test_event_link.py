"""The AMQP connection of events."""

from unittest.mock import patch

from gateway.broker.event_link import EventLink


def test_heartbeat_is_the_one_that_is_set():
    with patch("gateway.broker.event_link.kombu.Connection") as connection:
        EventLink("amqp://somewhere", 7.0)
    assert connection.call_args.kwargs["heartbeat"] == 7.0


def test_bindings_wait_for_the_last_one():
    with patch("gateway.broker.event_link.kombu"):
        link = EventLink("amqp://somewhere", 7.0)
        link.open()
        link.bind("queue", ["a", "b"])
        waits = [call.kwargs["nowait"] for call in link._channel.queue_bind.call_args_list]
    assert waits == [True, False]
