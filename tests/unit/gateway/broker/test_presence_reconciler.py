"""Uncertain connections are settled, however long it takes."""

from unittest.mock import Mock, call

import eventlet
import pytest

from gateway.broker import presence_reconciler as module
from gateway.broker import retry_queue
from gateway.broker.presence_reconciler import PresenceReconciler
from gateway.protocol.errors import Unavailable
from sessions.exceptions import GameSuspended


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(retry_queue, "RETRY_PAUSE_SECONDS", 0.01)


def settled(subscriptions, attempts):
    """What was settled, once there were so many attempts."""
    with eventlet.Timeout(60):
        while subscriptions.settle.call_count < attempts:
            eventlet.sleep(0.01)
    return subscriptions.settle.mock_calls


def test_session_is_settled_twice_after_late_calls(monkeypatch):
    subscriptions, later = Mock(), []
    monkeypatch.setattr(
        module, "eventlet", Mock(spawn_after=lambda *arguments: later.append(arguments))
    )
    PresenceReconciler(5.0).add(subscriptions, "s1")
    assert [seconds for seconds, *_ in later] == [5.0, 10.0]
    for attempts, (_, action, *arguments) in enumerate(later, start=1):
        action(*arguments)
        assert settled(subscriptions, attempts) == [call("s1")] * attempts


def test_settling_is_repeated_until_it_is_answered():
    subscriptions = Mock()
    subscriptions.settle.side_effect = [Unavailable("away"), Unavailable("away"), None, None]
    PresenceReconciler(0.01).add(subscriptions, "s1")
    assert len(settled(subscriptions, 3)) >= 3


def test_suspended_session_keeps_no_other_waiting():
    suspended, others = Mock(), [Mock() for _ in range(3)]
    suspended.settle.side_effect = GameSuspended.of("no", retry_after=10)
    reconciler = PresenceReconciler(0.01)
    for each in (suspended, *others):
        reconciler.add(each, "s1")
    settled(suspended, 5)
    for each in others:
        settled(each, 2)
    suspended.settle.side_effect = None
    with eventlet.Timeout(60):
        while reconciler._uncertain:
            eventlet.sleep(0.01)
    assert [each.settle.call_count for each in others] == [2] * 3


def test_uncertain_sessions_are_bounded_until_settled(monkeypatch):
    monkeypatch.setattr(module, "MAX_UNCERTAIN_SESSIONS", 2)
    one, other, reconciler = Mock(), Mock(), PresenceReconciler(0.01)
    reconciler.add(one, "s1")
    reconciler.add(one, "s1")
    assert not reconciler.is_full(one)
    reconciler.add(one, "s2")
    assert reconciler.is_full(one) and not reconciler.is_full(other)
    with eventlet.Timeout(60):
        while reconciler._uncertain:
            eventlet.sleep(0.01)
    assert not reconciler.is_full(one)
