"""The exchange of events and the queues bound to it."""

from unittest.mock import Mock

from gateway.broker import event_exchange


def test_bindings_wait_for_the_last_one():
    channel = Mock()
    event_exchange.bind(channel, [("queue", "a"), ("other", "b")])
    waits = [call.kwargs["nowait"] for call in channel.queue_bind.call_args_list]
    assert waits == [True, False]


def test_queues_are_asked_for_before_the_first_answer():
    channel = Mock()
    channel.wait.side_effect = [("one", 0, 0), ("other", 0, 0)]
    assert event_exchange.declare_queues(channel, 2) == ["one", "other"]
    assert [call[0] for call in channel.method_calls] == 2 * ["send_method"] + 2 * ["wait"]
