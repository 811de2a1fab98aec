"""What a gateway does for its connections meanwhile, also while some service is away."""

from types import SimpleNamespace
from unittest.mock import Mock, call, patch

import eventlet
import pytest
from eventlet.event import Event
from eventlet.semaphore import Semaphore

from extensions import request_id
from gateway import gateway as gateway_module
from gateway.broker import retry_queue
from gateway.broker.disconnect_notifier import DisconnectNotifier
from gateway.gateway import Gateway
from gateway.protocol.errors import Unavailable


def away(service="sessions"):
    return Unavailable.of("It does not answer", service=service)


def connection(number, searching=None):
    return Mock(
        id=f"c{number}", login=f"p{number}", searching=searching, unsent=0, closed=False,
        followers={"s1": Mock(session_id="s1", ended=False)}, search_lock=Semaphore(),
    )


@pytest.fixture
def gateway(monkeypatch):
    monkeypatch.setattr("gateway.gateway.Services", lambda config: Mock())
    config = {"AMQP_URI": "memory://", "HEARTBEAT": 7, "PING": 20, "RATE_LIMITS": True}
    gateway = Gateway({**config, "GATEWAY_LEASE": 15})
    gateway.catching_up = Mock()
    gateway.connections = {connection(number) for number in range(3)}
    return gateway


def test_the_link_for_events_has_the_heartbeat_that_is_set(gateway):
    assert gateway.inbox.health.interval == 7 / 4
    linked = Mock()
    with patch("gateway.broker.event_subscriber.Connection", return_value=linked) as connect:
        gateway.inbox._connect()
    assert connect.call_args.kwargs["heartbeat"] == 7


def settle():
    """Let the other greenthreads go on until they wait for something."""
    for _ in range(10):
        eventlet.sleep(0)


@pytest.fixture
def quick(monkeypatch):
    """What has failed is done again at once."""
    monkeypatch.setattr(retry_queue, "RETRY_PAUSE", 0)


class TestLease:
    """A gateway that was taken for lost connects everybody again, and is not lost over that."""

    def test_one_that_is_known_reconnects_nobody(self, gateway):
        gateway.services.sessions.renew.return_value = True
        gateway._keep_sessions()
        settle()
        assert not any(each.reconnect.called for each in gateway.connections)

    @pytest.mark.parametrize("silent_for", [14, 16])
    def test_one_that_had_no_answer_for_so_long_does_not_rely_on_being_known(
        self, gateway, monkeypatch, silent_for
    ):
        now = [1000.0]
        monkeypatch.setattr(gateway_module, "time", Mock(monotonic=lambda: now[0]))
        gateway.services.sessions.renew.return_value = False
        gateway._keep_sessions()
        settle()
        gateway.services.sessions.renew.side_effect = [away(), True, True]
        now[0] += silent_for / 2
        with pytest.raises(Unavailable):
            gateway._keep_sessions()
        for _ in range(2):
            now[0] += silent_for / 2
            gateway._keep_sessions()
            settle()
        again = silent_for > 15
        assert all(each.reconnect.call_count == 1 + again for each in gateway.connections)

    def test_all_are_reconnected_however_often_it_fails_on_the_way(self, gateway, quick):
        gateway.services.sessions.renew.return_value = False
        for each in gateway.connections:
            each.reconnect.side_effect = [away(), None]
        gateway._keep_sessions()
        settle()
        assert all(
            each.reconnect.mock_calls == [call("s1")] * 2 for each in gateway.connections
        )

    def test_one_that_fails_for_ever_has_no_other_be_done_again(self, gateway, quick):
        gateway.services.sessions.renew.return_value = False
        failing, *others = gateway.connections
        failing.reconnect.side_effect = away()
        gateway._keep_sessions()
        settle()
        assert failing.reconnect.call_count > 2
        assert [each.reconnect.call_count for each in others] == [1, 1]
        failing.reconnect.side_effect = None
        settle()
        assert gateway._reconnecting.idle

    def test_the_lease_is_renewed_however_long_it_takes_to_reconnect_all(self, gateway):
        gateway.services.sessions.renew.return_value = False
        answered = Event()
        for each in gateway.connections:
            each.reconnect.side_effect = lambda _: answered.wait()
        with eventlet.Timeout(5):
            for renewals in range(1, 4):
                gateway._keep_sessions()
                settle()
                assert gateway.services.sessions.renew.call_count == renewals
        gateway.services.sessions.renew.return_value = True
        answered.send()
        settle()
        assert gateway._reconnecting.idle

    def test_what_is_being_played_is_connected_to_first(self, gateway):
        gateway.services.sessions.renew.return_value = False
        order = []
        for each in gateway.connections:
            over = Mock(session_id="over", ended=True)
            each.followers = {"over": over, **each.followers}
            each.reconnect.side_effect = order.append
        gateway._keep_sessions()
        settle()
        assert order == ["s1"] * 3 + ["over"] * 3

    def test_many_are_reconnected_side_by_side_and_not_all_at_once(self, gateway, monkeypatch):
        monkeypatch.setattr(gateway_module, "RECONNECTED_AT_ONCE", 2)
        gateway.services.sessions.renew.return_value = False
        answered = Event()
        for each in gateway.connections:
            each.reconnect.side_effect = lambda _: answered.wait()
        gateway._keep_sessions()
        settle()
        assert sum(each.reconnect.call_count for each in gateway.connections) == 2
        answered.send()
        settle()
        assert sum(each.reconnect.call_count for each in gateway.connections) == 3


def test_when_the_link_is_back_all_that_may_have_gone_on_are_filled_side_by_side(gateway):
    held = Event()
    waiting = Mock(ended=False, fill=held.wait)
    others = [Mock(ended=False) for _ in gateway.connections]
    ended = Mock(ended=True)
    for each, other in zip(gateway.connections, others, strict=True):
        each.followers = {"held": waiting, "over": ended, "played": other}
    gateway._resume(0.0)
    eventlet.sleep(0)
    held.send()
    assert all(other.fill.call_count == 1 for other in others)
    assert not ended.fill.called


def test_when_the_link_is_back_what_was_missed_is_made_up_for(gateway):
    for each in gateway.connections:
        each.followers = {}
    gateway._resume(123.0)
    gateway.catching_up.begin.assert_called_once_with(gateway.connections, 123.0)


def test_a_search_that_is_being_started_is_not_taken_for_lost(gateway):
    gateway.connections = {connection(number, {"game": "dobutsu"}) for number in range(3)}
    starting = next(iter(gateway.connections))
    gateway.services.searcher.renew.return_value = []
    with starting.search_lock:
        gateway._keep_searches()
    [renewed] = gateway.services.searcher.renew.call_args.args
    others = gateway.connections - {starting}
    assert renewed == {each.login: each.id for each in others}
    gateway._keep_searches()
    [renewed] = gateway.services.searcher.renew.call_args.args
    assert starting.login in renewed


@pytest.mark.parametrize("found", [True, False])
def test_a_search_that_was_lost_is_started_again_unless_it_has_found_somebody(
    gateway, monkeypatch, found
):
    monkeypatch.setattr(gateway_module, "LOST_SEARCH_PATIENCE", 0)
    search = {"game": "dobutsu"}
    searching = connection(1, searching=search)
    gateway.catching_up = Mock(tell_found=Mock(return_value=found))
    gateway._search_again(searching, search)
    gateway.catching_up.tell_found.assert_called_once_with(searching)
    assert searching.search.called is not found


def test_a_search_that_is_started_again_is_the_same_one_by_its_call(gateway, monkeypatch):
    monkeypatch.setattr(gateway_module, "LOST_SEARCH_PATIENCE", 0)
    searching, by = connection(1, searching={"game": "dobutsu"}), []
    searching.searching_by = "c0ffee"
    searching.search = lambda search: by.append(request_id.current())
    gateway.catching_up = Mock(tell_found=Mock(return_value=False))
    gateway._search_again(searching, searching.searching)
    assert by == ["c0ffee"]


def test_a_leaving_is_told_to_the_sessions_also_while_the_searcher_is_away():
    services = SimpleNamespace(sessions=Mock(), searcher=Mock())
    services.searcher.stop.side_effect = away("searcher")
    gone = [connection(1, searching={"game": "dobutsu"}), connection(2)]
    with pytest.raises(Unavailable):
        DisconnectNotifier(services)._tell_of(gone)
    services.sessions.forget_connections.assert_called_once_with(["c1", "c2"])
