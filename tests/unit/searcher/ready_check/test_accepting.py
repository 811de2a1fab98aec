"""Both accept in time, and their session begins."""

import pytest

from searcher.exceptions import ProposalNotFound
from searcher.proposal_outcomes import ACCEPTED_SECONDS
from searcher.session_starter import UNFINISHED_AFTER_SECONDS
from tests.unit.searcher.ready_check.conftest import ACCEPTED, IDLE, OPTIONS, READY_CHECK


class TestAccepting:
    def test_two_acceptances_begin_a_session_and_both_are_told(
        self, service, proposed, publisher, sessions
    ):
        proposal_id = proposed("alice", "bob")
        assert service.accept("alice", proposal_id) == ACCEPTED
        assert sessions.started == {}
        assert service.accept("bob", proposal_id) == ACCEPTED
        [started] = sessions.started.values()
        assert sorted(started["players"]) == ["alice", "bob"] and started["options"] == OPTIONS
        assert {
            login: params["opponent"] for login, params in publisher.told("opponent_found")
        } == {"alice": "bob", "bob": "alice"}
        assert publisher.told("match_lapsed") == []

    def test_after_both_have_accepted_neither_searches(self, service, proposed, keep, publisher):
        proposal_id = proposed("alice", "bob")
        for login in ("alice", "bob"):
            service.accept(login, proposal_id)
        keep(2 * READY_CHECK)
        assert service.status("alice") == service.status("bob") == IDLE
        assert publisher.told("match_lapsed") == []

    def test_accepting_again_changes_nothing(self, service, proposed, sessions):
        proposal_id = proposed("alice", "bob")
        for login in ("alice", "alice", "bob", "bob", "alice"):
            assert service.accept(login, proposal_id) == ACCEPTED
        assert len(sessions.asked) == 1

    def test_one_alone_cannot_accept_for_both(self, service, proposed, sessions):
        proposal_id = proposed("alice", "bob")
        for _ in range(3):
            service.accept("alice", proposal_id)
        assert sessions.started == {}

    def test_anothers_proposal_is_not_found(self, service, proposed):
        proposal_id = proposed("alice", "bob")
        with pytest.raises(ProposalNotFound) as refusal:
            service.accept("carol", proposal_id)
        assert refusal.value.details == {"proposal_id": proposal_id}

    def test_a_proposal_that_never_was_is_not_found(self, service):
        with pytest.raises(ProposalNotFound):
            service.accept("alice", "made up")

    def test_a_proposal_is_not_found_after_its_deadline(self, service, proposed, clock, sessions):
        proposal_id = proposed("alice", "bob")
        service.accept("alice", proposal_id)
        clock.advance(READY_CHECK)
        with pytest.raises(ProposalNotFound):
            service.accept("bob", proposal_id)
        assert sessions.started == {}

    def test_a_proposal_that_has_lapsed_is_not_found(self, service, proposed):
        proposal_id = proposed("alice", "bob")
        service.stop("bob")
        with pytest.raises(ProposalNotFound):
            service.accept("alice", proposal_id)

    def test_a_proposal_accepted_long_ago_is_not_found(self, service, proposed, clock):
        first = proposed("alice", "bob")
        for login in ("alice", "bob"):
            service.accept(login, first)
        with pytest.raises(ProposalNotFound):
            service.accept("carol", first)
        clock.advance(ACCEPTED_SECONDS)
        second = proposed("carol", "dave")
        for login in ("carol", "dave"):
            service.accept(login, second)
        with pytest.raises(ProposalNotFound):
            service.accept("alice", first)

    def test_a_session_begins_late_where_its_service_was_away(
        self, service, proposed, sessions, publisher, keep
    ):
        proposal_id = proposed("alice", "bob")
        sessions.away = True
        for login in ("alice", "bob", "bob"):
            assert service.accept(login, proposal_id) == ACCEPTED
        assert service.status("alice")["status"] == "searching"
        sessions.away = False
        keep(UNFINISHED_AFTER_SECONDS + 1)
        assert sorted(login for login, _ in publisher.told("opponent_found")) == ["alice", "bob"]
        assert len(sessions.started) == 1
