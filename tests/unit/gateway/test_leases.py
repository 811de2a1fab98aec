"""Leases: renewed in time, and what has run out is taken up again."""

from unittest.mock import Mock, call

import eventlet
import pytest
from eventlet.event import Event

from gateway import leases as module
from gateway.broker import retry_queue
from gateway.connected_players import ConnectedPlayers
from gateway.leases import RoomLease, SearchLease, SessionLease
from gateway.protocol.errors import Unavailable
from searcher.exceptions import SearchAlreadyStarted
from sessions.exceptions import GameSuspended
from tests.unit.fakes import SettableClock
from tests.unit.gateway.conftest import settle

LEASE_SECONDS = 15
AWAY = Unavailable.of("no", service="sessions")
CRITERIA = {"game": "dobutsu", "options": {}, "rating": 1500, "rating_range": None}


class Subscriptions(list):
    """The subscriptions of a connection, which can be connected again."""

    def __init__(self, **ended):
        super().__init__(Mock(session_id=name, ended=value) for name, value in ended.items())
        self.reconnect = Mock()

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return self is other


class TestSessionLease:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        monkeypatch.setattr(retry_queue, "RETRY_PAUSE_SECONDS", 0)

    @pytest.fixture
    def subscribed(self):
        """The subscriptions of three connections, each to the session s1."""
        return [Subscriptions(s1=False) for _ in range(3)]

    @pytest.fixture
    def lease(self, services, subscribed):
        """A lease that has run out."""
        services.sessions.renew.return_value = False
        connections = [Mock(subscriptions=each) for each in subscribed]
        return SessionLease(services.sessions, connections, "gateway", LEASE_SECONDS)

    def test_valid_lease_reconnects_nothing(self, lease, services, subscribed):
        services.sessions.renew.return_value = True
        lease.renew()
        settle()
        assert not any(each.reconnect.called for each in subscribed)

    @pytest.mark.parametrize("silent_seconds", [LEASE_SECONDS - 1, LEASE_SECONDS + 1])
    def test_lease_unanswered_for_too_long_has_run_out(
        self, lease, services, subscribed, monkeypatch, silent_seconds
    ):
        clock = SettableClock(1000.0)
        monkeypatch.setattr(module.time, "monotonic", clock)
        lease.renew()
        settle()
        services.sessions.renew.side_effect = [AWAY, True, True]
        clock.advance(silent_seconds / 2)
        with pytest.raises(Unavailable):
            lease.renew()
        for _ in range(2):
            clock.advance(silent_seconds / 2)
            lease.renew()
            settle()
        has_run_out = silent_seconds > LEASE_SECONDS
        assert all(each.reconnect.call_count == 1 + has_run_out for each in subscribed)

    def test_failed_reconnects_are_repeated(self, lease, subscribed):
        for each in subscribed:
            each.reconnect.side_effect = [AWAY, None]
        lease.renew()
        settle()
        assert all(each.reconnect.mock_calls == [call("s1")] * 2 for each in subscribed)

    def test_permanent_failure_repeats_no_others(self, lease, subscribed):
        failing, *others = subscribed
        failing.reconnect.side_effect = AWAY
        lease.renew()
        settle()
        assert failing.reconnect.call_count > 2
        assert [each.reconnect.call_count for each in others] == [1, 1]
        failing.reconnect.side_effect = None
        settle()
        assert not lease.is_reconnecting

    def test_lease_is_renewed_while_reconnecting(self, lease, services, subscribed):
        answered = Event()
        for each in subscribed:
            each.reconnect.side_effect = lambda _: answered.wait()
        with eventlet.Timeout(60):
            for renewals in range(1, 4):
                lease.renew()
                settle()
                assert services.sessions.renew.call_count == renewals
        services.sessions.renew.return_value = True
        answered.send()
        settle()
        assert not lease.is_reconnecting

    def test_sessions_under_way_are_reconnected_first(self, services):
        services.sessions.renew.return_value = False
        order, all_subscriptions = [], [Subscriptions(over=True, s1=False) for _ in range(3)]
        for each in all_subscriptions:
            each.reconnect.side_effect = order.append
        connections = [Mock(subscriptions=each) for each in all_subscriptions]
        SessionLease(services.sessions, connections, "gateway", LEASE_SECONDS).renew()
        settle()
        assert order == ["s1"] * 3 + ["over"] * 3

    def test_number_of_concurrent_reconnects_is_bounded(self, lease, subscribed, monkeypatch):
        monkeypatch.setattr(module, "MAX_CONCURRENT_RECONNECTS", 2)
        answered = Event()
        for each in subscribed:
            each.reconnect.side_effect = lambda _: answered.wait()
        lease.renew()
        settle()
        assert sum(each.reconnect.call_count for each in subscribed) == 2
        answered.send()
        settle()
        assert sum(each.reconnect.call_count for each in subscribed) == 3

    def test_suspended_sessions_keep_no_other_waiting(self, lease, subscribed, monkeypatch):
        monkeypatch.setattr(module, "MAX_CONCURRENT_RECONNECTS", 1)
        *suspended, other = subscribed
        for each in suspended:
            each.reconnect.side_effect = GameSuspended.of("no", retry_after=10)
        lease.renew()
        settle()
        settle()
        assert other.reconnect.call_count == 1
        assert all(each.reconnect.call_count > 1 for each in suspended)
        for each in suspended:
            each.reconnect.side_effect = None
        settle()
        assert not lease.is_reconnecting

    def test_after_a_failure_no_others_are_asked_in_vain(self, lease, subscribed, monkeypatch):
        monkeypatch.setattr(module, "MAX_CONCURRENT_RECONNECTS", 1)
        monkeypatch.setattr(retry_queue, "RETRY_PAUSE_SECONDS", 60)
        subscribed[0].reconnect.side_effect = AWAY
        lease.renew()
        settle()
        assert [each.reconnect.call_count for each in subscribed] == [1, 1, 0]


class TestRoomLease:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        monkeypatch.setattr(module, "ARRIVALS_DELAY_SECONDS", 0)

    @pytest.fixture
    def players(self, connect):
        """Alice is connected twice, Bob once, and somebody who is nobody's."""
        players = ConnectedPlayers()
        for login in ("alice", "alice", "bob"):
            players.add(login, connect(login))
        return players

    @pytest.fixture
    def due(self, services):
        """Have the rooms service answer pages of players whose rooms are due."""

        def due(*pages):
            following = [*range(1, len(pages)), None]
            services.rooms.expiring_members.side_effect = [
                {"logins": logins, "next": after}
                for logins, after in zip(pages, following, strict=True)
            ]

        return due

    def test_own_players_in_open_rooms_are_renewed(self, services, players, due):
        due(["carol", "alice"])
        RoomLease(services.rooms, players).renew()
        services.rooms.renew.assert_called_once_with(["alice"])

    def test_players_of_other_gateways_are_left_to_them(self, services, players, due):
        due(["carol"], [])
        RoomLease(services.rooms, players).renew()
        assert not services.rooms.renew.called

    def test_nothing_is_called_without_players(self, services):
        RoomLease(services.rooms, ConnectedPlayers()).renew()
        assert not services.rooms.expiring_members.called

    def test_all_pages_are_asked_for(self, services, players, due):
        due(["bob"], ["carol"], ["alice"])
        RoomLease(services.rooms, players).renew()
        assert services.rooms.expiring_members.mock_calls == [call(None), call(1), call(2)]
        assert services.rooms.renew.mock_calls == [call(["bob"]), call(["alice"])]

    def test_a_player_counts_until_the_last_connection_ends(self, connect):
        players, first, second = ConnectedPlayers(), connect("alice"), connect("alice")
        for each in (first, second):
            players.add("alice", each)
        for ended, connected in ((first, ["alice"]), (second, []), (connect(), [])):
            players.discard(ended)
            assert players.among(["alice", "bob"]) == connected

    def test_new_players_are_renewed_together_without_waiting(self, services):
        lease = RoomLease(services.rooms, ConnectedPlayers())
        lease.renew_soon("alice")
        lease.renew_soon("bob")
        assert not services.rooms.renew.called
        settle()
        [call] = services.rooms.renew.call_args_list
        assert sorted(call.args[0]) == ["alice", "bob"]
        lease.renew_soon("carol")
        settle()
        assert services.rooms.renew.call_args.args == (["carol"],)

    def test_new_players_who_were_not_renewed_are_logged(self, services, caplog):
        services.rooms.renew.side_effect = AWAY
        RoomLease(services.rooms, ConnectedPlayers()).renew_soon("alice")
        settle()
        assert "were not renewed" in caplog.text


class TestSearchLease:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch, services):
        monkeypatch.setattr(module, "LOST_SEARCH_DELAY_SECONDS", 0)
        services.searcher.start.return_value = {"status": "searching"}
        services.searcher.renew.return_value = []

    @pytest.fixture
    def searching(self, connect):
        """Connections that search."""
        connections = [connect(login) for login in ("alice", "bob")]
        for each in connections:
            each.search.start(each.login, CRITERIA)
        return connections

    @pytest.fixture
    def deliver_result(self):
        return Mock(return_value=False)

    @pytest.fixture
    def lease(self, services, searching, deliver_result):
        return SearchLease(services.searcher, searching, deliver_result)

    def test_active_searches_are_renewed(self, lease, services, searching):
        lease.renew()
        services.searcher.renew.assert_called_once_with({each.login: each.id for each in searching})

    def test_search_that_is_being_started_is_not_renewed(self, lease, services, searching):
        alice, bob = searching
        with alice.search.lock:
            lease.renew()
        services.searcher.renew.assert_called_once_with({"bob": bob.id})

    def test_lost_search_is_started_again(self, lease, services, searching, deliver_result):
        alice, _ = searching
        active = alice.search.active
        services.searcher.start.reset_mock()
        services.searcher.renew.return_value = ["alice"]
        lease.renew()
        settle()
        deliver_result.assert_called_once_with(alice)
        services.searcher.start.assert_called_once_with(
            "alice", connection_id=alice.id, **CRITERIA
        )
        assert alice.search.active is active

    def test_lost_search_with_a_result_is_not_started_again(
        self, lease, services, searching, deliver_result
    ):
        alice, _ = searching
        services.searcher.start.reset_mock()
        deliver_result.return_value = True
        lease.restart(alice, alice.search.active)
        assert not services.searcher.start.called

    def test_search_that_has_ended_is_not_started_again(self, lease, services, searching):
        alice, _ = searching
        lost = alice.search.active
        alice.search.end()
        services.searcher.start.reset_mock()
        lease.restart(alice, lost)
        assert not services.searcher.start.called

    def test_refused_restart_ends_the_search(self, lease, services, searching):
        alice, _ = searching
        services.searcher.start.side_effect = SearchAlreadyStarted.of("no", login="alice")
        lease.restart(alice, alice.search.active)
        assert alice.search.active is None

    def test_failed_restart_is_left_to_the_next_renewal(self, lease, services, searching, caplog):
        alice, _ = searching
        services.searcher.start.side_effect = AWAY
        lease.restart(alice, alice.search.active)
        assert alice.search.active is not None
        assert "could not be started again" in caplog.text
