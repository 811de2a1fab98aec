"""The searcher service's entrypoints, and what it announces."""

import time
from types import SimpleNamespace

import eventlet
import pytest

import searcher.service
import searcher.session_starter
from searcher import events
from searcher.exceptions import SearchAlreadyStarted, SearchNotStarted
from searcher.service import SearcherService
from sessions.exceptions import GameNotFound, InvalidOptions
from tests.unit.fakes import SettableClock

DEFAULTS = {"clock": None, "rated": True}


def complete(game, options, seats=None):
    return {"game": game, "options": {**DEFAULTS, **options}, "seats": seats or 2}


def told(ear):
    """What players have been told that was not heard yet; that a search ends is for gateways."""
    return [heard for heard in ear.rest() if heard.event != "searcher.stopped"]


def await_that(condition):
    with eventlet.Timeout(60):
        while not condition():
            eventlet.sleep(0.05)


@pytest.fixture
def sessions(stand_in):
    return stand_in("sessions", complete_options=complete, create="session-1")


@pytest.fixture
def service(containers, cluster, settings, sessions, rpc_timeout):
    settings["RPC_TIMEOUT"] = rpc_timeout
    containers(SearcherService)
    return cluster.searcher


@pytest.fixture
def search(service):
    """Starts a search, on a connection of the player's."""

    def start(login, rating=1500, options=None, rating_range=None, connection=True):
        return service.start(
            login, "dobutsu", options or {}, rating, rating_range,
            f"connection of {login}" if connection else None,
        )

    return start


@pytest.fixture
def ear(tap):
    return tap(events.EXCHANGE)


def test_two_who_search_meet_and_both_are_told(search, sessions, ear):
    assert search("alice") == {"status": "searching"}
    assert told(ear) == []
    assert search("bob") == {
        "status": "found", "session_id": "session-1", "opponent": "alice",
        "opponents": ["alice"],
    }
    heard = {each.players[0]: each for each in (ear.next(), ear.next())}
    for login, opponent in (("alice", "bob"), ("bob", "alice")):
        assert heard[login].event == "searcher.opponent_found"
        assert heard[login].players == [login]
        assert heard[login].params.pop("at").endswith("Z")
        assert heard[login].params == {
            "session_id": "session-1", "game": "dobutsu", "options": DEFAULTS,
            "opponent": opponent, "opponents": [opponent],
        }
    assert heard["alice"].routing_key == heard["bob"].routing_key
    [(asked, _)] = sessions.asked("create")
    pairing_id, game, options, players = asked
    assert heard["alice"].routing_key == f"pairing.{pairing_id}"
    assert (game, options, sorted(players)) == ("dobutsu", DEFAULTS, ["alice", "bob"])
    assert told(ear) == []


def test_the_first_player_is_drawn_by_lot(search, sessions):
    for _ in range(30):
        search("alice")
        search("bob")
    first = {arguments[3][0] for arguments, _ in sessions.asked("create")}
    assert first == {"alice", "bob"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"options": {"rated": True}}, {"options": {"rated": False}}),
        ({"rating": 1500}, {"rating": 1601}),
        ({"rating": 1500, "rating_range": 10}, {"rating": 1511}),
        ({"rating": 1500}, {"rating": 1511, "rating_range": 10}),
    ],
)
def test_searches_for_different_games_do_not_meet(search, ear, one, other):
    assert search("alice", **one)["status"] == search("bob", **other)["status"] == "searching"
    assert told(ear) == []


def test_a_second_search_of_a_player_is_refused(service, search, ear):
    search("alice")
    with pytest.raises(SearchAlreadyStarted) as refusal:
        search("alice", options={"rated": False})
    assert refusal.value.details == {"login": "alice"}
    assert service.status("alice")["options"] == DEFAULTS
    assert told(ear) == []


@pytest.mark.parametrize(
    "refusal",
    [
        GameNotFound.of("There is no game go", game="go"),
        InvalidOptions.of("no", errors=[{"path": "options.x", "message": "no"}]),
    ],
)
def test_refusals_of_the_session_service_come_through(service, search, sessions, ear, refusal):
    sessions.answers["complete_options"] = refusal
    with pytest.raises(type(refusal)) as refused:
        search("alice")
    assert refused.value.details == refusal.details
    assert service.status("alice") == {"status": "idle"}
    assert told(ear) == []


def test_a_search_that_was_stopped_is_over(service, search, ear):
    search("alice")
    service.stop("alice")
    assert service.status("alice") == {"status": "idle"}
    assert search("bob") == {"status": "searching"}
    with pytest.raises(SearchNotStarted) as refusal:
        service.stop("alice")
    assert refusal.value.details == {"login": "alice"}
    assert told(ear) == []


def test_a_connection_ends_only_the_search_that_is_its_own(service, search):
    search("alice")
    with pytest.raises(SearchNotStarted):
        service.stop("alice", "another connection")
    assert service.status("alice")["status"] == "searching"
    service.stop("alice", "connection of alice")
    assert service.status("alice") == {"status": "idle"}


def test_a_search_tells_how_it_stands(service, search):
    began = time.time()
    search("alice")
    search("bob", rating=1700)
    status = service.status("alice")
    assert 0 <= status.pop("waited") <= time.time() - began
    assert status == {
        "status": "searching", "game": "dobutsu", "options": DEFAULTS, "seats": 2,
        "searching": 2, "estimate": None,
    }


@pytest.fixture
def quick_widening(settings):
    settings["SEARCH_WIDENING"] = 0.5


def test_a_player_who_has_waited_long_enough_meets_anybody(quick_widening, search, ear):
    search("alice", rating=1000)
    search("bob", rating=2000)
    assert {ear.next().players[0], ear.next().players[0]} == {"alice", "bob"}


def test_a_search_that_expires_is_told_to_its_player(service, reconfigure, search, ear):
    reconfigure(search_expiry=0.1)
    search("alice")
    heard = ear.next()
    assert (heard.event, heard.players) == ("searcher.expired", ["alice"])
    assert heard.routing_key == "search.alice"
    assert set(heard.params) == {"at", "game", "options", "waited"}
    assert service.status("alice") == {"status": "idle"}


def test_a_search_that_nobody_keeps_alive_is_dropped_in_silence(service, search, ear, monkeypatch):
    monkeypatch.setattr(searcher.service, "LEASE_SECONDS", 0.2)
    search("alice")
    monkeypatch.setattr(searcher.service, "LEASE_SECONDS", 60)
    search("bob", rating=1700)
    lost = service.renew({"bob": "connection of bob", "carol": "connection of carol"})
    assert lost == ["carol"]
    # For so long the broker must have been there, before anybody's silence counts.
    monkeypatch.setattr(searcher.service, "LEASE_SECONDS", 0.2)
    await_that(lambda: service.status("alice")["status"] == "idle")
    assert service.status("bob")["status"] == "searching"
    assert told(ear) == []


@pytest.fixture
def clock(monkeypatch):
    """The service's clock, which goes on as the test says."""
    clock = SettableClock()
    monkeypatch.setattr("extensions.clock_provider.time", SimpleNamespace(time=clock))
    return clock


def test_without_a_connection_each_status_keeps_a_search(
    clock, service, reconfigure, search, monkeypatch
):
    reconfigure(grace=10)
    # For so long the broker must have been there, before anybody's silence counts.
    monkeypatch.setattr(searcher.service, "LEASE_SECONDS", 0.2)
    search("alice", connection=False)
    for login in ("bob", "carol"):
        search(login, rating=3000)
        clock.advance(9)
        await_that(lambda login=login: service.status(login)["status"] == "idle")
        assert service.status("alice")["status"] == "searching"
    clock.advance(11)
    search("dave", rating=3000)
    await_that(lambda: service.status("dave")["searching"] == 1)


def test_each_of_many_concurrent_searches_meets_one_other(service, search, sessions, ear):
    created = []
    sessions.answers["create"] = lambda *asked, **_: created.append(asked) or f"s-{len(created)}"
    logins = [f"player-{number}" for number in range(20)]
    answers = list(eventlet.GreenPool().imap(search, logins))
    assert sorted(login for asked in created for login in asked[3]) == sorted(logins)
    heard = told(ear)
    assert sorted(each.players[0] for each in heard) == sorted(logins)
    found = {each.players[0]: each.params for each in heard}
    for login, answer in zip(logins, answers, strict=True):
        opponent = found[login]["opponent"]
        assert found[opponent]["opponent"] == login
        assert found[opponent]["session_id"] == found[login]["session_id"]
        if answer["status"] == "found":
            assert answer["session_id"] == found[login]["session_id"]


@pytest.mark.parametrize("rpc_timeout", [1])
def test_a_pairing_becomes_one_session_after_an_outage(
    service, search, sessions, stand_in, ear, monkeypatch
):
    monkeypatch.setattr(searcher.session_starter, "UNFINISHED_AFTER_SECONDS", 0.0)
    search("alice")
    attempts = []

    def lose(*asked, **named):
        attempts.append(asked)
        eventlet.sleep(2)  # longer than its caller waits

    sessions.answers["create"] = lose
    assert search("bob") == {"status": "searching"}
    assert service.status("alice")["status"] == service.status("bob")["status"] == "searching"
    with pytest.raises(SearchAlreadyStarted):
        search("alice")
    assert told(ear) == []
    sessions.answers["create"] = lambda *asked, **_: attempts.append(asked) or "session-1"
    assert {ear.next().players[0], ear.next().players[0]} == {"alice", "bob"}
    assert len({asked[0] for asked in attempts}) == 1
    await_that(lambda: service.status("alice") == {"status": "idle"})
    assert {heard.event for heard in told(ear)} <= {"searcher.opponent_found"}
