"""What connections have missed while their gateway could not hear it: they are told, and once."""

from types import SimpleNamespace
from unittest.mock import Mock, call

import eventlet
import pytest

from gateway.broker import retry_queue
from gateway.broker.resync import Resync
from gateway.connection.connection import Connection
from gateway.protocol.errors import Unavailable
from searcher.exceptions import SearchAlreadyStarted
from searcher.schemas import opponent_found
from searcher.store import Pairing

DEAF_SINCE = 1_700_000_000.0
OPTIONS = {"clock": None, "rated": True}
SEARCH = {"game": "dobutsu", "options": {"rated": True}, "rating": 1500, "rating_range": None}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(retry_queue, "RETRY_PAUSE", 0.01)


@pytest.fixture
def catching_up(services):
    services.auth.ended.return_value = []
    answers(services)
    return Resync(services)


@pytest.fixture
def connect(services):
    """A connection of a player's, which keeps what its client is told."""

    def connect(login, came_at=DEAF_SINCE - 100):
        gateway = SimpleNamespace(id="gateway", services=services, ping_interval=20)
        connection = Connection(gateway, SimpleNamespace(round_trip=None))
        connection.login, connection.family, connection.fingerprint = login, "family", "print"
        connection.came_at = came_at
        connection.told = []
        connection.notify = lambda event, params: connection.told.append(
            (event, params["session_id"])
        )
        return connection

    return connect


def begun(number, at=DEAF_SINCE + 5, players=("alice", "bob"), game="dobutsu"):
    """A session that has begun, as the session service tells it."""
    session_id = f"s{number}"
    session = {
        "session_id": session_id, "game": game, "options": OPTIONS, "players": list(players)
    }
    params = {"at": "then", "session_id": session_id, "session": session}
    return {
        "session_id": session_id, "key": f"k{number}", "begun_at": at,
        "notices": {
            login: {"id": f"{session_id} {login}", "event": "session.created", "params": params}
            for login in players
        },
    }


def answers(services, *sessions):
    services.sessions.begun_since.side_effect = None
    services.sessions.begun_since.return_value = {"sessions": list(sessions), "next": None}


def make_up(catching_up, *connections):
    catching_up.begin(connections, DEAF_SINCE)
    with eventlet.Timeout(5):
        while not catching_up.all_known:
            eventlet.sleep(0.01)


def away(*_):
    raise Unavailable.of("It does not answer", service="sessions")


CREATED = [("session.created", "s1")]


def test_on_every_connection_its_player_is_told_what_has_begun(catching_up, services, connect):
    connections = [connect("alice"), connect("alice"), connect("bob"), connect("carol")]
    answers(services, begun(1))
    make_up(catching_up, *connections, connect(None))
    assert [each.told for each in connections] == [CREATED, CREATED, CREATED, []]
    services.sessions.begun_since.assert_called_once_with(["alice", "bob", "carol"], DEAF_SINCE)


@pytest.mark.parametrize("announced_first", [True, False])
def test_what_comes_twice_is_told_once(catching_up, services, connect, announced_first):
    alice = connect("alice")
    answers(services, begun(1))
    notice = begun(1)["notices"]["alice"]
    if announced_first:
        alice._on_event("player.alice.session.created", notice)
    make_up(catching_up, alice)
    alice._on_event("player.alice.session.created", notice)
    make_up(catching_up, alice)
    assert alice.told == CREATED


def test_nobody_is_told_what_had_begun_before_they_came(catching_up, services, connect):
    early, late = connect("alice"), connect("alice", came_at=DEAF_SINCE + 20)
    answers(services, begun(1))
    make_up(catching_up, early, late)
    assert (early.told, late.told) == (CREATED, [])


def test_who_does_not_answer_is_asked_again_and_the_others_are_not(catching_up, services, connect):
    alice = connect("alice")
    answer = {"sessions": [begun(1)], "next": None}
    services.sessions.begun_since.side_effect = [Unavailable("away"), Unavailable("away"), answer]
    make_up(catching_up, alice)
    assert alice.told == CREATED
    assert services.auth.ended.call_count == 1


def test_of_those_who_have_gone_meanwhile_nobody_asks(catching_up, services, connect):
    gone = connect("alice")
    gone.closed = True
    make_up(catching_up, gone)
    assert not services.sessions.begun_since.called and not services.auth.ended.called


def test_all_of_many_answers_are_told(catching_up, services, connect):
    alice = connect("alice")
    services.sessions.begun_since.side_effect = [
        {"sessions": [begun(1)], "next": [DEAF_SINCE + 5, "s1"]},
        {"sessions": [begun(2)], "next": None},
    ]
    make_up(catching_up, alice)
    assert alice.told == [("session.created", "s1"), ("session.created", "s2")]
    assert services.sessions.begun_since.mock_calls[1] == call(["alice"], DEAF_SINCE + 5, "s1")


def test_only_the_login_that_has_ended_is_closed(catching_up, services, connect):
    one, renewed, other = connect("alice"), connect("alice"), connect("bob")
    renewed.family, renewed.fingerprint = "another family", "of another password"
    for each in (one, renewed, other):
        each.close_after_answers = Mock()
    services.auth.ended.return_value = [["alice", "family"]]
    make_up(catching_up, one, renewed, other)
    services.auth.ended.assert_called_once_with([
        ["alice", "another family", "of another password"], ["alice", "family", "print"],
        ["bob", "family", "print"],
    ])
    assert one.close_after_answers.call_args.args[0] == 4401
    assert not renewed.close_after_answers.called and not other.close_after_answers.called


def test_a_login_of_one_connection_is_asked_for_until_it_is_known(catching_up, services, connect):
    one = connect("alice")
    one.close_after_answers = Mock()
    services.auth.ended.side_effect = [Unavailable("away"), [["alice", "family"]]]
    catching_up.check_login(one)
    with eventlet.Timeout(5):
        while not catching_up.all_known:
            eventlet.sleep(0.01)
    assert one.close_after_answers.call_args.args[0] == 4401


class TestSearch:
    @pytest.fixture
    def alice(self, connect, services):
        services.searcher.start.return_value = {"status": "searching"}
        alice = connect("alice")
        alice.search(SEARCH)
        return alice

    def test_that_has_found_somebody_is_over_and_its_player_is_told(
        self, catching_up, services, alice
    ):
        answers(services, begun(1))
        assert catching_up.tell_found(alice)
        assert alice.searching is None
        assert alice.told == [*CREATED, ("searcher.opponent_found", "s1")]
        [login], since = services.sessions.begun_since.call_args.args
        assert (login, since < alice.searching_since) == ("alice", True)

    def test_is_told_of_once(self, catching_up, services, alice):
        answers(services, begun(1))
        assert catching_up.tell_found(alice)
        alice._on_event(
            "player.alice.searcher.opponent_found",
            {"id": "k1.alice", "event": "searcher.opponent_found", "params": {"session_id": "s1"}},
        )
        assert alice.told == [*CREATED, ("searcher.opponent_found", "s1")]

    def test_is_over_also_where_it_was_told_of_as_of_another_search(
        self, catching_up, services, alice
    ):
        params = {"at": "then", "session_id": "s1"}
        alice.take_notice({
            "id": "k1.alice", "event": "searcher.opponent_found", "params": params, "search": "its"
        })
        assert alice.searching
        answers(services, begun(1, at=alice.searching_since))
        assert catching_up.tell_found(alice)
        assert alice.searching is None

    def test_is_told_of_as_the_searcher_does(self, catching_up, services, alice):
        pairing = Pairing("k1", "dobutsu", OPTIONS, ("alice", "bob"), 0.0, (0.0, 0.0))
        [announced] = [
            notice.body for notice in opponent_found(pairing, "s1", 0.0)
            if notice.players == ("alice",)
        ]
        alice.take_notice = Mock()
        answers(services, begun(1))
        catching_up.tell_found(alice)
        told = alice.take_notice.call_args.args[0]
        assert told == {**announced, "params": {**announced["params"], "at": "then"}}

    def test_goes_on_where_it_has_led_to_nothing(self, catching_up, services, alice):
        assert not catching_up.tell_found(alice)
        answers(services, begun(1, game="high_card"), begun(2, players=("alice", "bob", "carol")))
        assert not catching_up.tell_found(alice)
        assert alice.searching is SEARCH

    def test_is_not_over_by_what_an_earlier_one_has_found(self, catching_up, services, alice):
        answers(services, begun(1))
        assert catching_up.tell_found(alice)
        alice.search({**SEARCH})
        assert not catching_up.tell_found(alice)
        assert alice.searching

    def test_counts_from_when_it_began_also_where_another_is_refused(
        self, catching_up, services, alice
    ):
        began = alice.searching_since
        services.searcher.start.side_effect = SearchAlreadyStarted.of("no", login="alice")
        with pytest.raises(SearchAlreadyStarted):
            alice.search({**SEARCH})
        assert (alice.searching, alice.searching_since) == (SEARCH, began)
