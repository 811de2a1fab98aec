"""The search of a connection: when it is active, and which events end it."""

import time

import pytest

from extensions import request_id
from extensions.clock import timestamp
from gateway.broker.service_event import ServiceEvent
from gateway.protocol.errors import Unavailable
from searcher.exceptions import SearchAlreadyStarted, SearchNotStarted
from tests.unit.gateway.conftest import told

CRITERIA = {"game": "dobutsu", "options": {}, "rating": 1500, "rating_range": None}
ENDS = [
    ("opponent_found", {}), ("expired", {}), ("stopped", {}), ("match_lapsed", {"searching": False})
]


@pytest.fixture
def connection(connect, services):
    services.searcher.start.return_value = {"status": "searching"}
    return connect("alice")


@pytest.fixture
def search(connection):
    return connection.search


def test_started_search_is_active(search, services):
    assert search.start("alice", CRITERIA) == {"status": "searching"}
    assert search.active.criteria == CRITERIA
    assert not services.searcher.stop.called


def test_search_that_has_found_an_opponent_is_over(search, services):
    found = {"status": "found", "session_id": "s1", "opponent": "bob"}
    services.searcher.start.return_value = found
    assert search.start("alice", CRITERIA) == found
    assert search.active is None


@pytest.mark.parametrize("trouble", [None, SearchNotStarted("none"), Unavailable("away")])
def test_second_start_after_a_redelivery_is_stopped(connection, search, services, trouble):
    # First an opponent is found. Then the searcher dies, and the start is delivered again.
    def start(*_, **__):
        params = {
            "at": timestamp(time.time()), "session_id": "s1", "game": "dobutsu", "options": {},
            "opponent": "bob",
        }
        connection.on_event(ServiceEvent("searcher.opponent_found", params, "n1"))
        return {"status": "searching"}

    services.searcher.start.side_effect = start
    services.searcher.stop.side_effect = trouble
    assert search.start("alice", CRITERIA) == {"status": "searching"}
    assert search.active is None
    services.searcher.stop.assert_called_once_with("alice", connection.id)


class TestEnd:
    """Events and answers come by two links, so an event may be about an earlier search."""

    @pytest.fixture
    def active(self, search):
        with request_id.scope("its request"):
            search.start("alice", CRITERIA)
        return search.active

    @pytest.fixture
    def deliver(self, connection, active):
        """Delivers an event so many seconds after the search began."""

        def deliver(name, params, after=0.0, search=None):
            params = {"at": timestamp(active.since + after), **params}
            event = ServiceEvent(f"searcher.{name}", params, None, search=search)
            connection.deliver_to_player(event)

        return deliver

    @pytest.mark.parametrize(("name", "params"), ENDS)
    @pytest.mark.parametrize("after", [-5, 5])  # the clock may be another machine's
    def test_event_ends_the_search_that_it_names(
        self, search, active, deliver, name, params, after
    ):
        deliver(name, params, after, search="the request of an earlier one")
        assert search.active is active
        deliver(name, params, after, search="its request")
        assert search.active is None

    @pytest.mark.parametrize(("name", "params"), ENDS)
    def test_event_that_names_no_search_ends_one_from_before(
        self, search, active, deliver, name, params
    ):
        deliver(name, params, after=-1)
        assert search.active is active
        deliver(name, params, after=1)
        assert search.active is None

    def test_other_event_ends_nothing(self, search, active, deliver):
        deliver("match_proposed", {}, after=1)
        deliver("match_lapsed", {"searching": True}, after=1)
        assert search.active is active

    @pytest.mark.parametrize(("name", "is_told"), [("expired", True), ("stopped", False)])
    def test_client_is_told_but_for_stopped(self, connection, deliver, name, is_told):
        deliver(name, {}, search="the request of an earlier one")
        assert [set(params) for _, params in told(connection)] == ([{"at"}] if is_told else [])

    def test_refused_start_leaves_the_search_before(self, search, active, services, deliver):
        services.searcher.start.side_effect = SearchAlreadyStarted.of("no", login="alice")
        with request_id.scope("another request"), pytest.raises(SearchAlreadyStarted):
            search.start("alice", CRITERIA)
        assert search.active is active
        deliver("expired", {}, search="its request")
        assert search.active is None

    def test_restarted_search_is_the_same_one(self, search, active, services):
        used = []
        services.searcher.start.side_effect = lambda *_, **__: used.append(
            request_id.current()
        ) or {"status": "searching"}
        search.restart(active, lambda: False)
        assert used == ["its request"] and search.active is active


class TestLeaving:
    def test_active_search_is_stopped(self, connection, search):
        search.start("alice", CRITERIA)
        connection.leave()
        search._notifier.stop_search.assert_called_once_with("alice", connection.id)

    def test_nothing_is_stopped_without_a_search(self, connection, search):
        connection.leave()
        assert not search._notifier.stop_search.called

    def test_search_started_while_leaving_is_stopped_again(self, connection, search, services):
        def late(*_, **__):
            connection.leave()
            return {"status": "searching"}

        services.searcher.start.side_effect = late
        search.start("alice", CRITERIA)
        assert search._notifier.stop_search.call_count == 2
