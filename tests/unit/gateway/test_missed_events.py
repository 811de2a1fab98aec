"""Connections are told what they missed while the gateway received no events, and once."""

from unittest.mock import Mock, call

import eventlet
import pytest
from eventlet.event import Event

from gateway.broker import retry_queue
from gateway.broker.service_event import ServiceEvent
from gateway.missed_events import MissedEvents
from gateway.protocol.errors import Unavailable
from searcher.exceptions import SearchAlreadyStarted
from searcher.pairing import Pairing
from searcher.schemas import opponent_found
from tests.unit.gateway.conftest import ENDED, GOOD, settle, told

MISSED_SINCE = 1_700_000_000.0
OPTIONS = {"clock": None, "rated": True}
CRITERIA = {"game": "dobutsu", "options": {"rated": True}, "rating": 1500, "rating_range": None}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(retry_queue, "RETRY_PAUSE_SECONDS", 0.01)


@pytest.fixture
def missed_events(services):
    set_started(services)
    return MissedEvents(services.auth, services.sessions)


@pytest.fixture
def player(connect, services):
    """Makes connections of players, who have been there for long unless told otherwise."""

    def player(login, authenticated_at=MISSED_SINCE - 100):
        connection = connect(login)
        services.auth.login_states.reset_mock()  # it was asked when the player authenticated
        connection.identity.authenticated_at = authenticated_at
        return connection

    return player


def started(number, at=MISSED_SINCE + 5, players=("alice", "bob"), game="dobutsu"):
    """A session that has begun, as the session service answers it."""
    session_id = f"s{number}"
    session = {
        "session_id": session_id, "game": game, "options": OPTIONS, "players": list(players)
    }
    params = {"at": "then", "session_id": session_id, "session": session}
    return {
        "session_id": session_id, "key": f"k{number}", "started_at": at,
        "created_events": {
            login: {"id": f"{session_id} {login}", "event": "session.created", "params": params}
            for login in players
        },
    }


def set_started(services, *sessions):
    services.sessions.list_started.return_value = {"sessions": list(sessions), "next": None}


def run(missed_events, *connections):
    missed_events.fetch(connections, MISSED_SINCE)
    wait(missed_events)


def wait(missed_events):
    with eventlet.Timeout(60):
        while not missed_events.idle:
            eventlet.sleep(0.01)


def events(connection):
    return [(name, params["session_id"]) for name, params in told(connection)]


def closed_with(connection):
    settle()
    return [call.args[0] for call in connection.socket.close.call_args_list]


CREATED = [("session.created", "s1")]


class TestStartedSessions:
    def test_every_connection_of_a_player_is_told(self, missed_events, services, player, connect):
        connections = [player("alice"), player("alice"), player("bob"), player("carol")]
        set_started(services, started(1))
        run(missed_events, *connections, connect())
        assert [events(each) for each in connections] == [CREATED, CREATED, CREATED, []]
        services.sessions.list_started.assert_called_once_with(
            ["alice", "bob", "carol"], MISSED_SINCE, ""
        )

    @pytest.mark.parametrize("announced_first", [True, False])
    def test_session_is_told_once(self, missed_events, services, player, announced_first):
        alice = player("alice")
        set_started(services, started(1))
        event = ServiceEvent.from_body(started(1)["created_events"]["alice"])
        if announced_first:
            alice.on_event(event)
        run(missed_events, alice)
        alice.on_event(event)
        run(missed_events, alice)
        assert events(alice) == CREATED

    def test_player_is_told_nothing_from_before_their_login(self, missed_events, services, player):
        early, late = player("alice"), player("alice", authenticated_at=MISSED_SINCE + 20)
        set_started(services, started(1))
        run(missed_events, early, late)
        assert (events(early), events(late)) == (CREATED, [])

    def test_only_what_was_not_answered_is_repeated(self, missed_events, services, player):
        alice, page = player("alice"), {"sessions": [started(1)], "next": None}
        services.sessions.list_started.side_effect = [
            Unavailable("away"), Unavailable("away"), page
        ]
        run(missed_events, alice)
        assert events(alice) == CREATED
        assert services.auth.login_states.call_count == 1

    def test_nothing_is_asked_for_closed_connections(self, missed_events, services, player):
        gone = player("alice")
        gone.transport.stop()
        run(missed_events, gone)
        assert not services.sessions.list_started.called
        assert not services.auth.login_states.called

    def test_all_pages_are_told(self, missed_events, services, player):
        alice = player("alice")
        services.sessions.list_started.side_effect = [
            {"sessions": [started(1)], "next": [MISSED_SINCE + 5, "s1"]},
            {"sessions": [started(2)], "next": None},
        ]
        run(missed_events, alice)
        assert events(alice) == [("session.created", "s1"), ("session.created", "s2")]
        assert services.sessions.list_started.mock_calls[1] == call(
            ["alice"], MISSED_SINCE + 5, "s1"
        )


class TestLogins:
    def test_only_the_revoked_login_is_closed(self, missed_events, services, player):
        revoked, renewed, other = player("alice"), player("alice"), player("bob")
        renewed.identity.family, renewed.identity.fingerprint = "another family", "another"
        services.auth.login_states.side_effect = [[GOOD, ENDED, GOOD]]
        run(missed_events, revoked, renewed, other)
        [asked] = services.auth.login_states.call_args.args
        assert [list(each) for each in asked] == [
            ["alice", "another family", "another"], ["alice", "family", "fingerprint"],
            ["bob", "family", "fingerprint"],
        ]
        assert [closed_with(each) for each in (revoked, renewed, other)] == [[4401], [], []]

    def test_single_login_is_checked_until_it_is_answered(self, missed_events, services, player):
        alice = player("alice")
        services.auth.login_states.side_effect = [Unavailable("away"), [ENDED]]
        missed_events.check_login(alice.identity)
        wait(missed_events)
        assert closed_with(alice) == [4401]

    def test_guest_who_has_set_a_password_meanwhile_is_none(
        self, missed_events, services, player
    ):
        claimed, guest = player("alice"), player("bob")
        for each in (claimed, guest):
            each.identity.is_guest = True
        services.auth.login_states.side_effect = [[GOOD, {"ended": False, "guest": True}]]
        run(missed_events, claimed, guest)
        assert (claimed.identity.is_guest, guest.identity.is_guest) == (False, True)


class TestSubscriptions:
    @staticmethod
    def connection(*subscriptions):
        return Mock(login=None, subscriptions=list(subscriptions))

    def test_sessions_under_way_are_fetched_side_by_side(self, missed_events):
        held = Event()
        waiting, ended = Mock(ended=False, fetch_missed=held.wait), Mock(ended=True)
        others = [Mock(ended=False) for _ in range(3)]
        connections = [self.connection(waiting, ended, other) for other in others]
        missed_events.fetch(connections, MISSED_SINCE)
        settle()
        held.send()
        assert all(other.fetch_missed.call_count == 1 for other in others)
        assert not ended.fetch_missed.called


class TestSearchResult:
    @pytest.fixture
    def alice(self, player, services):
        services.searcher.start.return_value = {"status": "searching"}
        alice = player("alice")
        alice.search.start("alice", CRITERIA)
        return alice

    def test_result_is_told_and_ends_the_search(self, missed_events, services, alice):
        since = alice.search.active.since
        set_started(services, started(1))
        assert missed_events.deliver_search_result(alice)
        assert alice.search.active is None
        assert events(alice) == [*CREATED, ("searcher.opponent_found", "s1")]
        logins, asked_since, _ = services.sessions.list_started.call_args.args
        assert logins == ["alice"] and asked_since < since

    def test_result_is_told_once(self, missed_events, services, alice):
        set_started(services, started(1))
        assert missed_events.deliver_search_result(alice)
        alice.on_event(ServiceEvent("searcher.opponent_found", {"session_id": "s1"}, "k1.alice"))
        assert events(alice) == [*CREATED, ("searcher.opponent_found", "s1")]

    def test_result_told_for_another_search_ends_this_one(self, missed_events, services, alice):
        active, params = alice.search.active, {"at": "then", "session_id": "s1"}
        alice.deliver_to_player(
            ServiceEvent("searcher.opponent_found", params, "k1.alice", search="another")
        )
        assert alice.search.active is active
        set_started(services, started(1, at=active.since))
        assert missed_events.deliver_search_result(alice)
        assert alice.search.active is None

    @pytest.mark.parametrize("players", [("alice", "bob"), ("bob", "alice", "carol")])
    def test_result_is_told_as_the_searcher_announces_it(
        self, missed_events, services, alice, players
    ):
        alice.search.start("alice", {**CRITERIA, "seats": len(players)})
        pairing = Pairing("k1", "dobutsu", OPTIONS, players, 0.0, (0.0,) * len(players))
        [announced] = [
            message.body for message in opponent_found(pairing, "s1", 0.0)
            if message.players == ("alice",)
        ]
        set_started(services, started(1, players=players))
        missed_events.deliver_search_result(alice)
        [_, result] = told(alice)
        assert result == (announced["event"], {**announced["params"], "at": "then"})
        assert announced["id"] in alice._delivered_ids

    def test_search_without_a_result_goes_on(self, missed_events, services, alice):
        active = alice.search.active
        assert not missed_events.deliver_search_result(alice)
        set_started(
            services, started(1, game="high_card"), started(2, players=("alice", "bob", "carol"))
        )
        assert not missed_events.deliver_search_result(alice)
        assert alice.search.active is active

    def test_search_that_has_ended_needs_no_result(self, missed_events, services, connect):
        assert missed_events.deliver_search_result(connect("alice"))
        assert not services.sessions.list_started.called

    def test_result_of_an_earlier_search_does_not_end_it(self, missed_events, services, alice):
        set_started(services, started(1))
        assert missed_events.deliver_search_result(alice)
        alice.search.start("alice", CRITERIA)
        assert not missed_events.deliver_search_result(alice)
        assert alice.search.active is not None

    def test_refused_search_does_not_change_since_when_to_ask(self, missed_events, services, alice):
        active = alice.search.active
        services.searcher.start.side_effect = SearchAlreadyStarted.of("no", login="alice")
        with pytest.raises(SearchAlreadyStarted):
            alice.search.start("alice", CRITERIA)
        assert alice.search.active is active
