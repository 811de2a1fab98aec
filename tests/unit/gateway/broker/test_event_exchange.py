"""The exchange of events and the queues bound to it."""

from unittest.mock import Mock

from gateway.broker import event_exchange


def test_bindings_wait_for_the_last_one():
    channel = Mock()
    event_exchange.bind(channel, "queue", ["a", "b"])
    waits = [call.kwargs["nowait"] for call in channel.queue_bind.call_args_list]
    assert waits == [True, False]
