"""Services learn of closed connections, also while one of them is away."""

import pytest

from gateway.broker import retry_queue
from gateway.broker.disconnect_notifier import DisconnectNotifier
from gateway.protocol.errors import Unavailable
from searcher.exceptions import SearchNotStarted
from tests.unit.gateway.conftest import settle


@pytest.fixture
def notifier(services, monkeypatch):
    monkeypatch.setattr(retry_queue, "RETRY_PAUSE_SECONDS", 0)
    return DisconnectNotifier(services.sessions, services.searcher)


def test_connections_leave_their_sessions_in_one_call(notifier, services):
    notifier.leave_sessions("c1")
    notifier.leave_sessions("c2")
    assert not notifier.idle
    settle()
    services.sessions.forget_connections.assert_called_once_with(["c1", "c2"])
    assert notifier.idle


def test_search_that_has_ended_is_no_error(notifier, services):
    services.searcher.stop.side_effect = [SearchNotStarted("no"), None]
    notifier.stop_search("alice", "c1")
    notifier.stop_search("bob", "c2")
    settle()
    stopped = sorted(call.args for call in services.searcher.stop.call_args_list)
    assert stopped == [("alice", "c1"), ("bob", "c2")]
    assert notifier.idle


def test_sessions_learn_of_it_while_the_searcher_is_away(notifier, services):
    services.searcher.stop.side_effect = Unavailable.of("no", service="searcher")
    notifier.stop_search("alice", "c1")
    notifier.leave_sessions("c1")
    settle()
    services.sessions.forget_connections.assert_called_once_with(["c1"])
    assert services.searcher.stop.call_count > 1 and not notifier.idle
    services.searcher.stop.side_effect = None
    settle()
    assert notifier.idle
