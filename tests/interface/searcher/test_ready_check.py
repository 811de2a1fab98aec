"""The ready check on a real broker: asked, accepted, missed and declined, as it is told."""

import pytest

from extensions.amqp.publisher import ConfirmingPublisher, NotPublished
from extensions.errors import RateLimited
from searcher import events
from searcher.exceptions import ProposalNotFound
from searcher.ready_check import FIRST_PAUSE_SECONDS
from searcher.service import SearcherService

DEFAULTS = {"clock": None, "rated": True}


@pytest.fixture
def sessions(stand_in):
    def complete(game, options, seats=None):
        return {"game": game, "options": {**DEFAULTS, **options}, "seats": seats or 2}

    return stand_in("sessions", complete_options=complete, create="session-1")


@pytest.fixture
def ready_check():
    return 30


@pytest.fixture
def service(containers, cluster, settings, sessions, ready_check):
    settings["READY_CHECK"] = ready_check
    containers(SearcherService)
    return cluster.searcher


@pytest.fixture
def search(service):
    """Starts a search, on a connection of the player's."""
    def start(login, seats=2):
        connection_id = f"connection of {login}"
        return service.start(login, "dobutsu", {}, 1500, None, connection_id, seats=seats)

    return start


@pytest.fixture
def ear(tap):
    return tap(events.EXCHANGE)


@pytest.fixture
def proposal(search, ear):
    """What both were asked who have met."""

    def meet():
        assert search("alice") == search("bob") == {"status": "searching"}
        heard = ear.next()
        assert heard.event == "searcher.match_proposed"
        return heard

    return meet


def hear(ear, number):
    """What is told next, by whom it is told to."""
    return {(heard.event, heard.players[0]): heard for heard in (ear.next() for _ in range(number))}


def test_both_players_who_accept_are_told_of_their_session(service, proposal, ear, sessions):
    heard = proposal()
    proposal_id = heard.params["proposal_id"]
    assert sorted(heard.players) == ["alice", "bob"]
    assert heard.routing_key == f"proposal.{proposal_id}"
    assert set(heard.params) == {
        "at", "proposal_id", "game", "options", "seats", "deadline"
    }
    assert heard.params["deadline"].endswith("Z")
    assert service.accept("alice", proposal_id) == {"status": "accepted"}
    assert ear.rest() == [] and sessions.asked("create") == []
    assert service.accept("bob", proposal_id) == {"status": "accepted"}
    assert set(hear(ear, 2)) == {
        ("searcher.opponent_found", "alice"), ("searcher.opponent_found", "bob")
    }
    assert service.accept("bob", proposal_id) == {"status": "accepted"}
    assert len(sessions.asked("create")) == 1


def test_three_are_asked_and_told_of_their_session(service, search, ear, sessions):
    logins = ["alice", "bob", "carol"]
    for login in logins:
        assert search(login, seats=3) == {"status": "searching"}
    heard = ear.next()
    assert (sorted(heard.players), heard.params["seats"]) == (logins, 3)
    for login in logins:
        assert ear.rest() == []
        service.accept(login, heard.params["proposal_id"])
    told = hear(ear, 3)
    for login in logins:
        found = told["searcher.opponent_found", login].params
        assert sorted([login, *found["opponents"]]) == logins
    [(_, _, _, players)] = [args for args, _ in sessions.asked("create")]
    assert sorted(players) == logins


def test_a_proposal_that_is_not_found_is_named(service):
    with pytest.raises(ProposalNotFound) as refusal:
        service.accept("alice", "made up")
    assert refusal.value.details == {"proposal_id": "made up"}


def test_a_player_who_declines_is_out_and_the_other_searches_on(service, proposal, ear):
    proposal_id = proposal().params["proposal_id"]
    service.accept("alice", proposal_id)
    service.stop("bob", "connection of bob")
    heard = hear(ear, 3)
    assert heard["searcher.match_lapsed", "alice"].params["searching"] is True
    assert heard["searcher.match_lapsed", "bob"].params["searching"] is False
    assert ("searcher.stopped", "bob") in heard
    assert service.status("alice")["status"] == "searching"
    with pytest.raises(ProposalNotFound):
        service.accept("alice", proposal_id)


@pytest.mark.parametrize("ready_check", [2])
def test_a_player_who_misses_a_proposal_pauses_before_searching(service, search, proposal, ear):
    service.accept("alice", proposal().params["proposal_id"])
    heard = hear(ear, 3)
    assert heard["searcher.match_lapsed", "alice"].params["searching"] is True
    assert heard["searcher.match_lapsed", "bob"].params["searching"] is False
    assert ("searcher.stopped", "bob") in heard
    with pytest.raises(RateLimited) as refusal:
        search("bob")
    assert 0 < refusal.value.details["retry_after"] <= FIRST_PAUSE_SECONDS
    assert service.status("alice")["status"] == "searching"


def test_a_lapse_is_told_once_the_broker_takes_it(service, proposal, ear, monkeypatch):
    proposal_id = proposal().params["proposal_id"]
    publish, failures = ConfirmingPublisher.publish, iter(range(2))

    def fail_twice(self, messages):
        if next(failures, None) is not None:
            raise NotPublished("the broker is away")
        publish(self, messages)

    monkeypatch.setattr(ConfirmingPublisher, "publish", fail_twice)
    service.stop("bob", "connection of bob")
    heard = hear(ear, 2)
    assert {each.params["proposal_id"] for each in heard.values()} == {proposal_id}
    assert set(heard) == {("searcher.match_lapsed", "alice"), ("searcher.match_lapsed", "bob")}
