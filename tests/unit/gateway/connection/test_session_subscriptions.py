"""The sessions of a connection: a bounded number, and the session service knows of each."""

import gc

import eventlet
import pytest

from extensions.errors import RateLimited
from gateway.broker.service_event import ServiceEvent
from gateway.connection import session_subscriptions as module
from gateway.protocol.errors import Unavailable
from sessions.exceptions import GameSuspended, NotAMember, RulesUnavailable, SessionNotFound
from tests.unit.gateway.conftest import told

MAX_SUBSCRIPTIONS = 3
UNANSWERED = Unavailable.of("no", service="sessions")


@pytest.fixture(autouse=True)
def few_subscriptions(monkeypatch):
    monkeypatch.setattr(module, "MAX_SUBSCRIPTIONS", MAX_SUBSCRIPTIONS)


@pytest.fixture
def sessions(services):
    """The session service, which has every session, of alice and bob, under way."""
    services.sessions.connect.side_effect = lambda session_id, *_: {
        "session": {"version": 0, "players": ["alice", "bob"], "status": "active"}, "events": []
    }
    return services.sessions


@pytest.fixture
def connection(connect, sessions):
    return connect()


@pytest.fixture
def subscriptions(connection):
    return connection.subscriptions


@pytest.fixture
def subscribe(subscriptions):
    def subscribe(*session_ids):
        for session_id in session_ids:
            _, begin = subscriptions.connect(session_id, None, None)
            begin()

    return subscribe


@pytest.fixture
def bound_keys(connection):
    """The routing keys of a session that the connection's queue is bound to."""
    def bound_keys(session_id):
        keys = connection._events._subscriber.queue.keys
        return {key for key in keys if key.startswith(f"session.{session_id}.")}

    return bound_keys


def end(connection, session_id):
    """The session's end reaches the connection."""
    params = {"session_id": session_id, "version": 1, "result": {}}
    key = f"session.{session_id}.all"
    connection.on_event(ServiceEvent("session.ended", params, "x", key))


def happen(connection, version):
    """An event of the session s1 reaches the connection; without a version, one not stored."""
    numbered = {} if version is None else {"version": version}
    params = {"session_id": "s1", **numbered}
    key = "session.s1.all"
    connection.on_event(ServiceEvent(f"session.{version}", params, "x", key))


def ids(subscriptions):
    return [each.session_id for each in subscriptions]


def test_queue_is_bound_to_a_session_by_one_key(subscribe, bound_keys):
    subscribe("s1")
    assert bound_keys("s1") == {"session.s1.all"}


def test_unknown_session_leaves_nothing_behind(subscriptions, sessions, bound_keys):
    sessions.connect.side_effect = SessionNotFound.of("no", session_id="s1")
    for _ in range(2):
        with pytest.raises(SessionNotFound):
            subscriptions.connect("s1", None, None)
    assert ids(subscriptions) == [] and not bound_keys("s1")


def test_unanswered_connect_keeps_only_what_was_before(
    subscriptions, sessions, bound_keys, subscribe
):
    subscribe("s1")
    before = bound_keys("s1")
    sessions.connect.side_effect = UNANSWERED
    for session_id in ("s1", "s2"):
        with pytest.raises(Unavailable):
            subscriptions.connect(session_id, None, None)
    assert ids(subscriptions) == ["s1"]
    assert bound_keys("s1") == before and not bound_keys("s2")


def test_place_is_given_back_before_sessions_answers(subscriptions, sessions, arrivals):
    free, places, connect = [], arrivals._places, sessions.connect.side_effect
    sessions.connect.side_effect = lambda *args: free.append(places.balance) or connect(*args)
    subscriptions.connect("s1", None, None)
    assert free == [places.balance]


def test_ended_session_makes_room_for_one_more(
    connection, subscriptions, sessions, bound_keys, subscribe
):
    subscribe("s1", "s2", "s3")
    end(connection, "s2")
    subscribe("s4")
    assert ids(subscriptions) == ["s1", "s3", "s4"]
    sessions.disconnect.assert_called_once_with("s2", connection.id)
    assert not bound_keys("s2") and bound_keys("s4")


def test_session_that_had_already_ended_makes_room(subscriptions, sessions, subscribe):
    sessions.connect.side_effect = lambda session_id, *_: {
        "session": {"version": 9, "players": ["alice", "bob"], "status": "ended"}, "events": []
    }
    subscribe(*(f"s{number}" for number in range(MAX_SUBSCRIPTIONS * 3)))
    assert ids(subscriptions) == ["s6", "s7", "s8"]


def test_one_more_is_refused_while_all_are_under_way(subscriptions, subscribe):
    subscribe("s1", "s2", "s3")
    with pytest.raises(RateLimited) as refusal:
        subscriptions.connect("s4", None, None)
    assert refusal.value.details["retry_after"] > 0
    assert ids(subscriptions) == ["s1", "s2", "s3"]
    subscribe("s1")  # connecting again to the same one is allowed
    subscriptions.disconnect("s1")
    subscribe("s4")


@pytest.mark.parametrize("error", [NotAMember, SessionNotFound])
def test_session_without_this_connection_is_left(
    connection, subscriptions, sessions, bound_keys, subscribe, error
):
    subscribe("s1", "s2", "s3")
    sessions.disconnect.side_effect = error.of("no", session_id="s1")
    with pytest.raises(error):
        subscriptions.disconnect("s1")
    assert ids(subscriptions) == ["s2", "s3"] and not bound_keys("s1")
    end(connection, "s2")
    subscribe("s4", "s5")
    assert ids(subscriptions) == ["s3", "s4", "s5"]


def test_unanswered_disconnect_keeps_the_subscription(subscriptions, sessions, subscribe):
    subscribe("s1")
    sessions.disconnect.side_effect = UNANSWERED
    with pytest.raises(Unavailable):
        subscriptions.disconnect("s1")
    assert ids(subscriptions) == ["s1"]


class TestUncertainty:
    """If a call is not answered, it may have been served, or may still be."""

    @pytest.fixture
    def reconciled(self, subscriptions):
        return lambda: [each.args for each in subscriptions._reconciler.add.mock_calls]

    def test_answered_calls_are_certain(self, subscriptions, sessions, subscribe, reconciled):
        subscribe("s1")
        sessions.connect.side_effect = SessionNotFound.of("no", session_id="s2")
        with pytest.raises(SessionNotFound):
            subscriptions.connect("s2", None, None)
        subscriptions.disconnect("s1")
        assert reconciled() == []

    @pytest.mark.parametrize("refusal", [GameSuspended, RulesUnavailable])
    def test_refused_connect_is_certain(self, subscriptions, sessions, reconciled, refusal):
        sessions.connect.side_effect = refusal.of("no", retry_after=10)
        with pytest.raises(refusal):
            subscriptions.connect("s2", None, None)
        assert reconciled() == []

    def test_unanswered_connect_is_uncertain(self, subscriptions, sessions, reconciled):
        sessions.connect.side_effect = UNANSWERED
        with pytest.raises(Unavailable):
            subscriptions.connect("s2", None, None)
        assert reconciled() == [(subscriptions, "s2")]

    def test_unanswered_disconnect_is_uncertain(
        self, subscriptions, sessions, subscribe, reconciled
    ):
        subscribe("s1")
        sessions.disconnect.side_effect = UNANSWERED
        with pytest.raises(Unavailable):
            subscriptions.disconnect("s1")
        assert reconciled() == [(subscriptions, "s1")]

    def test_too_much_uncertainty_refuses_new_sessions(self, subscriptions, subscribe):
        subscribe("s1")
        subscriptions._reconciler.is_full.return_value = True
        with pytest.raises(RateLimited) as refusal:
            subscriptions.connect("s2", None, None)
        assert refusal.value.details["retry_after"] > 0
        subscribe("s1")

    @pytest.mark.parametrize("error", [None, NotAMember("no"), SessionNotFound("no")])
    def test_settling_without_a_subscription_disconnects(
        self, connection, subscriptions, sessions, error
    ):
        sessions.disconnect.side_effect = error
        subscriptions.settle("s1")
        sessions.disconnect.assert_called_once_with("s1", connection.id)
        assert not sessions.connect.called

    def test_settling_with_a_subscription_connects(self, subscriptions, sessions, subscribe):
        subscribe("s1")
        sessions.connect.reset_mock()
        subscriptions.settle("s1")
        assert sessions.connect.call_count == 1 and not sessions.disconnect.called

    def test_settling_a_closed_connection_disconnects(
        self, connection, subscriptions, sessions, subscribe
    ):
        subscribe("s1")
        connection.transport.stop()
        subscriptions.settle("s1")
        assert sessions.disconnect.call_count == 1

    def test_unanswered_reconnect_is_uncertain(
        self, subscriptions, sessions, subscribe, reconciled
    ):
        subscribe("s1")
        subscriptions.reconnect("s1")
        assert sessions.connect.call_count == 2 and reconciled() == []
        sessions.connect.side_effect = UNANSWERED
        with pytest.raises(Unavailable):
            subscriptions.reconnect("s1")
        assert reconciled() == [(subscriptions, "s1")]

    @pytest.mark.parametrize("before", ["connect", "disconnect"])
    def test_change_while_settling_is_served_afterwards(
        self, subscriptions, sessions, subscribe, before
    ):
        change, after = lambda: subscribe("s1"), "connect"
        if before == "connect":
            subscribe("s1")
            change, after = lambda: subscriptions.disconnect("s1"), "disconnect"
        sessions.reset_mock()
        served = slow_down(sessions)
        settling = [eventlet.spawn(subscriptions.settle, "s1"), eventlet.spawn(change)]
        for each in settling:
            each.wait()
        assert served == [f"{before} s1", f"{after} s1"]


def slow_down(sessions):
    """Let calls take the shorter the more are under way; returns what is served, in order."""
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


class TestConcurrentCalls:
    """A client need not wait for answers: calls about one session are served in their order."""

    @pytest.mark.parametrize("order", ["+-", "-+", "+-+", "-+-", "++-", "--+"])
    def test_service_and_gateway_agree_on_the_last_call(
        self, subscriptions, sessions, bound_keys, subscribe, order
    ):
        if order.startswith("-"):
            subscribe("s1")
        served = slow_down(sessions)
        calls = {"+": subscribe, "-": subscriptions.disconnect}
        asked = [eventlet.spawn(calls[each], "s1") for each in order]
        for each in asked:
            each.wait()
        assert ["+" if each == "connect s1" else "-" for each in served] == list(order)
        is_connected = order.endswith("+")
        assert ids(subscriptions) == ["s1"] * is_connected
        assert bool(bound_keys("s1")) is is_connected

    def test_calls_about_other_sessions_do_not_wait(self, subscriptions, sessions, subscribe):
        served = slow_down(sessions)
        asked = [eventlet.spawn(subscribe, each) for each in ("s1", "s2")]
        asked.append(eventlet.spawn(subscriptions.disconnect, "s1"))
        for each in asked:
            each.wait()
        assert served == ["connect s2", "connect s1", "disconnect s1"]
        assert ids(subscriptions) == ["s2"]

    def test_locks_are_dropped_after_use(self, subscriptions, sessions, subscribe):
        slow_down(sessions)
        for each in [eventlet.spawn(subscribe, "s1") for _ in range(3)]:
            each.wait()
        gc.collect()
        assert not subscriptions._locks


def test_events_during_a_failed_reconnect_are_delivered(
    connection, subscriptions, sessions, subscribe
):
    subscribe("s1")
    happen(connection, 1)

    def fail(*_):
        happen(connection, 2)
        happen(connection, None)
        raise UNANSWERED

    sessions.connect.side_effect = fail
    with pytest.raises(Unavailable):
        subscriptions.connect("s1", None, None)
    happen(connection, 3)
    assert [event for event, _ in told(connection)] == [
        "session.1", "session.2", "session.None", "session.3"
    ]


@pytest.mark.parametrize("outcomes", [(True, False), (False, True)])
def test_answered_one_of_two_concurrent_connects_goes_on(
    connection, subscriptions, sessions, outcomes
):
    succeed, left = sessions.connect.side_effect, list(outcomes)

    def maybe(*arguments):
        eventlet.sleep(0)
        happen(connection, 1)
        if not left.pop(0):
            raise UNANSWERED
        return succeed(*arguments)

    sessions.connect.side_effect = maybe
    connecting = [eventlet.spawn(subscriptions.connect, "s1", None, None) for _ in outcomes]
    for each, answered in zip(connecting, outcomes, strict=True):
        if answered:
            _, begin = each.wait()
            begin()
        else:
            with pytest.raises(Unavailable):
                each.wait()
    assert [event for event, _ in told(connection)] == ["session.1"]


class TestLeaving:
    def test_connection_in_sessions_is_reported(self, connection, subscribe):
        subscribe("s1")
        connection.leave()
        notifier = connection.subscriptions._notifier
        notifier.leave_sessions.assert_called_once_with(connection.id)

    def test_connection_without_sessions_is_not_reported(self, connection):
        connection.leave()
        assert not connection.subscriptions._notifier.leave_sessions.called

    def test_session_joined_while_leaving_is_reported_again(self, connection, sessions, subscribe):
        succeed = sessions.connect.side_effect

        def late(*arguments):
            connection.leave()
            return succeed(*arguments)

        sessions.connect.side_effect = late
        subscribe("s1")
        assert connection.subscriptions._notifier.leave_sessions.call_count == 2


@pytest.mark.parametrize("gone", ["closed", "replaced", "left"])
def test_missing_events_are_fetched_for_current_subscriptions(
    connection, subscriptions, sessions, subscribe, gone
):
    sessions.history.return_value = {"events": [], "next": None}
    subscribe("s1")
    [subscription] = subscriptions
    subscription.fetch_missed()
    assert sessions.history.call_count == 1
    if gone == "closed":
        connection.transport.stop()
    elif gone == "replaced":
        subscribe("s1")
    else:
        subscriptions.disconnect("s1")
    assert not subscriptions._is_current(subscription)
