"""Connections of which nobody knows whether they are in a session: settled, however long it takes.
"""

from unittest.mock import Mock, call

import eventlet
import pytest

from gateway.broker import presence_reconciler as module
from gateway.broker import retry_queue
from gateway.broker.presence_reconciler import PresenceReconciler
from gateway.protocol.errors import Unavailable


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(retry_queue, "RETRY_PAUSE", 0.01)


def settled(connection, times):
    """What was settled, once it has been tried so many times."""
    with eventlet.Timeout(5):
        while connection.settle.call_count < times:
            eventlet.sleep(0.01)
    return connection.settle.mock_calls


def test_it_is_settled_once_no_late_call_can_change_it_and_once_more(monkeypatch):
    connection, later = Mock(), []
    monkeypatch.setattr(
        module, "eventlet", Mock(spawn_after=lambda *arguments: later.append(arguments))
    )
    PresenceReconciler(5.0).add(connection, "s1")
    assert [seconds for seconds, *_ in later] == [5.0, 10.0]
    for times, (_, action, *arguments) in enumerate(later, start=1):
        action(*arguments)
        assert settled(connection, times) == [call("s1")] * times


def test_it_is_tried_until_it_is_answered():
    connection = Mock()
    connection.settle.side_effect = [Unavailable("away"), Unavailable("away"), None, None]
    PresenceReconciler(0.01).add(connection, "s1")
    assert len(settled(connection, 3)) >= 3


def test_there_is_a_bound_to_them_until_they_are_settled(monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    one, other, doubts = Mock(), Mock(), PresenceReconciler(0.01)
    doubts.add(one, "s1")
    doubts.add(one, "s1")
    assert not doubts.are_many(one)
    doubts.add(one, "s2")
    assert doubts.are_many(one) and not doubts.are_many(other)
    with eventlet.Timeout(5):
        while doubts._of:
            eventlet.sleep(0.01)
    assert not doubts.are_many(one)
