"""What a connection follows: no more sessions than it may, and nothing that it is not in.

What it searches for: nothing any more, once the search has ended. And what is left of it: nothing.
"""

import gc
import time
import weakref
from types import SimpleNamespace
from unittest.mock import Mock

import eventlet
import pytest

from extensions import request_id
from extensions.clock import timestamp
from extensions.errors import RateLimited
from gateway.connection import connection as module
from gateway.connection.connection import Connection
from gateway.protocol.errors import Unavailable
from gateway.protocol.limits import Limits
from searcher.exceptions import SearchAlreadyStarted, SearchNotStarted
from sessions.exceptions import NotAMember, SessionNotFound

MOST = 3


class EventSubscriber:
    """One queue, and the keys by which it hears."""

    def __init__(self):
        self.queue = SimpleNamespace(keys=set())

    def open(self, deliver, *keys):
        self.queue.keys |= set(keys)
        return self.queue

    def bind(self, queue, *keys):
        queue.keys.update(keys)

    def unbind(self, queue, *keys):
        queue.keys.difference_update(keys)


@pytest.fixture
def inbox():
    return EventSubscriber()


@pytest.fixture
def sessions(services):
    """The session service, where there is every session, of alice and bob, under way."""
    services.sessions.connect.side_effect = lambda session_id, *_: {
        "session": {"version": 0, "players": ["alice", "bob"], "status": "active"}, "events": []
    }
    return services.sessions


@pytest.fixture
def connection(services, sessions, inbox, monkeypatch):
    monkeypatch.setattr(module, "MOST_FOLLOWED", MOST)
    gateway = SimpleNamespace(
        id="gateway", services=services, inbox=inbox, ping_interval=20,
        doubts=Mock(are_many=Mock(return_value=False)), departures=Mock(),
    )
    connection = Connection(gateway, SimpleNamespace(round_trip=None))
    connection.told = []
    connection.notify = lambda event, params: connection.told.append((event, params))
    return connection


@pytest.fixture
def follow(connection):
    def follow(*session_ids):
        for session_id in session_ids:
            _, begin = connection.follow(session_id, None)
            begin()

    return follow


def end(connection, session_id):
    """The session's end reaches the connection."""
    params = {"session_id": session_id, "version": 1, "result": {}}
    connection._on_event(
        f"session.{session_id}.all.session.ended",
        {"id": "x", "event": "session.ended", "params": params},
    )


def about(session_id, inbox):
    return {key for key in inbox.queue.keys if key.startswith(f"session.{session_id}.")}


def test_what_is_not_there_leaves_nothing_behind(connection, sessions, inbox):
    sessions.connect.side_effect = SessionNotFound.of("no", session_id="s1")
    for _ in range(2):
        with pytest.raises(SessionNotFound):
            connection.follow("s1", None)
    assert connection.followers == {} and inbox.queue.keys == set()


def test_what_could_not_be_answered_leaves_nothing_behind(connection, sessions, inbox, follow):
    follow("s1")
    kept = set(inbox.queue.keys)
    sessions.connect.side_effect = Unavailable.of("no", service="sessions")
    for session_id in ("s1", "s2"):
        with pytest.raises(Unavailable):
            connection.follow(session_id, None)
    assert list(connection.followers) == ["s1"] and inbox.queue.keys == kept


def test_for_one_more_than_it_may_follow_one_that_has_ended_is_left(
    connection, sessions, inbox, follow
):
    follow("s1", "s2", "s3")
    end(connection, "s2")
    follow("s4")
    assert list(connection.followers) == ["s1", "s3", "s4"]
    sessions.disconnect.assert_called_once_with("s2", connection.id)
    assert not about("s2", inbox) and about("s4", inbox)


def test_so_is_one_that_had_ended_before(connection, sessions, follow):
    sessions.connect.side_effect = lambda session_id, *_: {
        "session": {"version": 9, "players": ["alice", "bob"], "status": "ended"}, "events": []
    }
    follow(*(f"s{number}" for number in range(MOST * 3)))
    assert list(connection.followers) == ["s6", "s7", "s8"]


def test_where_all_are_under_way_one_more_is_refused(connection, sessions, follow):
    follow("s1", "s2", "s3")
    with pytest.raises(RateLimited) as refusal:
        connection.follow("s4", None)
    assert refusal.value.details["retry_after"] > 0
    assert list(connection.followers) == ["s1", "s2", "s3"]
    follow("s1")  # what is followed already can be followed anew
    connection.unfollow("s1")
    follow("s4")


@pytest.mark.parametrize("error", [NotAMember, SessionNotFound])
def test_one_that_is_there_no_more_is_left_all_the_same(
    connection, sessions, inbox, follow, error
):
    follow("s1", "s2", "s3")
    sessions.disconnect.side_effect = error.of("no", session_id="s1")
    with pytest.raises(error):
        connection.unfollow("s1")
    assert list(connection.followers) == ["s2", "s3"] and not about("s1", inbox)
    end(connection, "s2")
    follow("s4", "s5")
    assert list(connection.followers) == ["s3", "s4", "s5"]


def test_where_nobody_knows_whether_it_was_left_it_is_still_followed(
    connection, sessions, follow
):
    follow("s1")
    sessions.disconnect.side_effect = Unavailable.of("no", service="sessions")
    with pytest.raises(Unavailable):
        connection.unfollow("s1")
    assert list(connection.followers) == ["s1"]


def test_a_queue_that_opens_after_its_connection_has_gone_is_closed_again(connection, inbox):
    closed = []
    inbox.close = closed.append
    opening = inbox.open

    def open_late(*arguments):
        connection.leave()
        return opening(*arguments)

    inbox.open = open_late
    connection.follow("s1", None)
    assert closed == [inbox.queue]


def away(*_):
    raise Unavailable.of("no", service="sessions")


class TestDoubt:
    """Where a call was not answered, nobody knows whether it was served, or will be."""

    @pytest.fixture
    def doubted(self, connection):
        return lambda: [each.args for each in connection._gateway.doubts.add.mock_calls]

    def test_there_is_none_where_all_is_answered(self, connection, sessions, follow, doubted):
        follow("s1")
        sessions.connect.side_effect = SessionNotFound.of("no", session_id="s2")
        with pytest.raises(SessionNotFound):
            connection.follow("s2", None)
        connection.unfollow("s1")
        assert doubted() == []

    @pytest.mark.parametrize("method", ["connect", "disconnect"])
    def test_of_what_was_not_answered_there_is(
        self, connection, sessions, follow, doubted, method
    ):
        follow("s1")
        getattr(sessions, method).side_effect = away
        with pytest.raises(Unavailable):
            if method == "connect":
                connection.follow("s2", None)
            else:
                connection.unfollow("s1")
        assert doubted() == [(connection, "s2" if method == "connect" else "s1")]

    def test_of_too_many_there_are_no_more(self, connection, sessions, follow):
        follow("s1")
        connection._gateway.doubts.are_many.return_value = True
        with pytest.raises(RateLimited) as refusal:
            connection.follow("s2", None)
        assert refusal.value.details["retry_after"] > 0
        follow("s1")

    def test_who_follows_nothing_is_disconnected(self, connection, sessions):
        for error in (None, NotAMember("no"), SessionNotFound("no")):
            sessions.disconnect.side_effect = error
            connection.settle("s1")
            sessions.disconnect.assert_called_with("s1", connection.id)
        assert not sessions.connect.called

    def test_who_follows_it_again_is_connected(self, connection, sessions, follow):
        follow("s1")
        sessions.connect.reset_mock()
        connection.settle("s1")
        assert sessions.connect.call_count == 1 and not sessions.disconnect.called

    def test_what_could_not_be_connected_again_is_in_doubt(
        self, connection, sessions, follow, doubted
    ):
        follow("s1")
        connection.reconnect("s1")
        assert sessions.connect.call_count == 2 and doubted() == []
        sessions.connect.side_effect = away
        with pytest.raises(Unavailable):
            connection.reconnect("s1")
        assert doubted() == [(connection, "s1")]

    def test_who_has_gone_is_disconnected_whatever_was_followed(
        self, connection, sessions, follow
    ):
        follow("s1")
        connection.closed = True
        connection.settle("s1")
        assert sessions.disconnect.call_count == 1

    @pytest.mark.parametrize("before", ["connect", "disconnect"])
    def test_what_changes_while_it_is_settled_is_told_after_that(
        self, connection, sessions, follow, before
    ):
        change, after = lambda: follow("s1"), "connect"
        if before == "connect":
            follow("s1")
            change, after = lambda: connection.unfollow("s1"), "disconnect"
        sessions.reset_mock()
        served = held(sessions)
        settling = [eventlet.spawn(connection.settle, "s1"), eventlet.spawn(change)]
        for each in settling:
            each.wait()
        assert served == [f"{before} s1", f"{after} s1"]


def held(sessions):
    """Have calls take the shorter the more are under way; what was served, in that order."""
    served, under_way = [], []

    def slowly(name, serve):
        def call(session_id, *arguments):
            under_way.append(name)
            for _ in range(10 // len(under_way)):
                eventlet.sleep(0)
            served.append(f"{name} {session_id}")
            return serve and serve(session_id, *arguments)

        return call

    sessions.connect.side_effect = slowly("connect", sessions.connect.side_effect)
    sessions.disconnect.side_effect = slowly("disconnect", sessions.disconnect.side_effect)
    return served


class TestTogether:
    """A client need not wait for an answer: what it asks of one session is done in its order."""

    @pytest.mark.parametrize("order", ["+-", "-+", "+-+", "-+-", "++-", "--+"])
    def test_here_and_there_agree_on_what_was_asked_last(
        self, connection, sessions, inbox, follow, order
    ):
        if order.startswith("-"):
            follow("s1")
        served = held(sessions)
        does = {"+": follow, "-": connection.unfollow}
        asked = [eventlet.spawn(does[each], "s1") for each in order]
        for each in asked:
            each.wait()
        assert ["+" if each == "connect s1" else "-" for each in served] == list(order)
        there = order.endswith("+")
        assert list(connection.followers) == ["s1"] * there
        assert bool(about("s1", inbox)) is there

    def test_of_several_sessions_none_waits_for_another(self, connection, sessions, follow):
        served = held(sessions)
        asked = [eventlet.spawn(follow, each) for each in ("s1", "s2")]
        asked.append(eventlet.spawn(connection.unfollow, "s1"))
        for each in asked:
            each.wait()
        assert served == ["connect s2", "connect s1", "disconnect s1"]
        assert list(connection.followers) == ["s2"]

    def test_nothing_is_left_of_having_waited(self, connection, sessions, follow):
        held(sessions)
        for each in [eventlet.spawn(follow, "s1") for _ in range(3)]:
            each.wait()
        gc.collect()
        assert not connection._turns


def happen(connection, version):
    """An event of the session s1 reaches the connection; without a version, one not stored."""
    numbered = {} if version is None else {"version": version}
    body = {"id": "x", "event": f"session.{version}", "params": {"session_id": "s1", **numbered}}
    connection._on_event("session.s1.all.event", body)


def test_what_happens_while_it_follows_anew_in_vain_is_told_all_the_same(
    connection, sessions, follow
):
    follow("s1")
    happen(connection, 1)

    def in_vain(*_):
        happen(connection, 2)
        happen(connection, None)
        away()

    sessions.connect.side_effect = in_vain
    with pytest.raises(Unavailable):
        connection.follow("s1", None)
    happen(connection, 3)
    assert [event for event, _ in connection.told] == [
        "session.1", "session.2", "session.None", "session.3"
    ]


@pytest.mark.parametrize("answers", [(True, False), (False, True)])
def test_of_two_who_follow_at_once_the_one_that_is_answered_goes_on(
    connection, sessions, follow, answers
):
    answering, left = sessions.connect.side_effect, list(answers)

    def maybe(*arguments):
        eventlet.sleep(0)
        happen(connection, 1)
        return answering(*arguments) if left.pop(0) else away()

    sessions.connect.side_effect = maybe
    following = [eventlet.spawn(connection.follow, "s1", None) for _ in answers]
    for each, answered in zip(following, answers, strict=True):
        if answered:
            _, begin = each.wait()
            begin()
        else:
            with pytest.raises(Unavailable):
                each.wait()
    assert [event for event, _ in connection.told] == ["session.1"]


SEARCH = {"game": "dobutsu", "options": {}, "rating": 1500}


def find(connection):
    """The finding of an opponent reaches the connection."""
    params = {
        "at": timestamp(time.time()), "session_id": "s1", "game": "dobutsu", "options": {},
        "opponent": "bob",
    }
    connection._on_event(
        "player.alice.searcher.opponent_found",
        {"id": "n1", "event": "searcher.opponent_found", "params": params},
    )


def test_a_search_that_is_under_way_is_not_stopped(connection, services):
    services.searcher.start.return_value = {"status": "searching"}
    assert connection.search(SEARCH) == {"status": "searching"}
    assert connection.searching == SEARCH
    assert not services.searcher.stop.called


@pytest.mark.parametrize("trouble", [None, SearchNotStarted("none"), Unavailable("away")])
def test_a_start_that_was_served_twice_leaves_no_second_search(connection, services, trouble):
    # At first an opponent was found; then the service died, and the start was given out again.
    def start(*_, **__):
        find(connection)
        return {"status": "searching"}

    services.searcher.start.side_effect = start
    services.searcher.stop.side_effect = trouble
    connection.login = "alice"
    assert connection.search(SEARCH) == {"status": "searching"}
    assert connection.searching is None
    services.searcher.stop.assert_called_once_with("alice", connection.id)


class TestEndOfASearch:
    """Notices and answers come over two links: what is told of one search may come in the next."""

    ENDS = [
        ("opponent_found", {}), ("expired", {}), ("stopped", {}),
        ("match_lapsed", {"searching": False}),
    ]

    @pytest.fixture
    def searching(self, connection, services):
        services.searcher.start.return_value = {"status": "searching"}
        with request_id.scope("its call"):
            connection.search(SEARCH)
        return connection

    @pytest.fixture
    def tell(self, searching):
        """Tells of the end of a search, of before this one began or of after that."""

        def tell(event, params, after=0.0, **private):
            at = timestamp(searching.searching_since + after)
            searching.take_notice({
                "id": event, "event": f"searcher.{event}", "params": {"at": at, **params}, **private
            })

        return tell

    @pytest.mark.parametrize(("event", "params"), ENDS)
    @pytest.mark.parametrize("after", [-5, 5])  # by a clock that may be another one
    def test_ends_it_if_it_is_about_this_one(self, searching, tell, event, params, after):
        tell(event, params, after, search="the call of an earlier one")
        assert searching.searching is SEARCH
        searching._known_notices.clear()
        tell(event, params, after, search="its call")
        assert searching.searching is None

    @pytest.mark.parametrize(("event", "params"), ENDS)
    def test_of_which_is_not_said_which_ends_it_unless_told_before_it_began(
        self, searching, tell, event, params
    ):
        tell(event, params, after=-1)
        assert searching.searching is SEARCH
        searching._known_notices.clear()
        tell(event, params, after=1)
        assert searching.searching is None

    @pytest.mark.parametrize(("event", "told"), [("expired", True), ("stopped", False)])
    def test_is_told_whichever_it_was_and_of_which_is_not_said(self, searching, tell, event, told):
        tell(event, {}, search="the call of an earlier one")
        assert [set(params) for _, params in searching.told] == ([{"at"}] if told else [])

    def test_that_was_refused_is_about_the_one_before(self, searching, services, tell):
        services.searcher.start.side_effect = SearchAlreadyStarted.of("no", login="alice")
        with request_id.scope("another call"), pytest.raises(SearchAlreadyStarted):
            searching.search({**SEARCH})
        tell("expired", {}, search="its call")
        assert searching.searching is None


def test_a_connection_that_has_ended_does_not_stay_for_as_long_as_its_token(services):
    gateway = SimpleNamespace(
        id="gateway", services=services, inbox=EventSubscriber(), ping_interval=20, limits=Limits(enabled=False),
        came=lambda connection: None, departures=SimpleNamespace(add=lambda connection: None),
    )
    gateway.inbox.close = lambda queue: None
    socket = SimpleNamespace(round_trip=None, receive=lambda: None, finish=lambda: None)
    ended = Connection(gateway, socket)
    ended.bind("alice", time.time() + 900, "family")
    ended.serve()
    ended = weakref.ref(ended)
    gc.collect()
    assert ended() is None
