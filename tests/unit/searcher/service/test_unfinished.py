"""Pairings whose session has not begun: finished later, and told once."""

import pytest

from searcher.exceptions import SearchAlreadyStarted
from searcher.session_starter import UNFINISHED_AFTER_SECONDS
from tests.unit.searcher.service.conftest import SEARCHING


class TestUnfinished:
    """A pairing without a session: the session service was away, or the broker was."""

    @pytest.fixture
    def paired(self, start, sessions):
        sessions.away = True
        start("alice")
        assert start("bob") == SEARCHING

    def test_both_still_search_by_their_status(self, service, paired, start, publisher):
        for login in ("alice", "bob"):
            assert service.status(login)["status"] == "searching"
            with pytest.raises(SearchAlreadyStarted):
                start(login)
        assert publisher.heard == []

    def test_their_session_begins_when_the_session_service_is_back(
        self, service, paired, sessions, clock, publisher
    ):
        sessions.away = False
        clock.advance(UNFINISHED_AFTER_SECONDS + 1)
        service.finish_unfinished()
        service.finish_unfinished()
        assert len(sessions.asked) == 1
        assert [event for event, _ in publisher.heard] == ["searcher.opponent_found"] * 2
        assert service.status("alice") == {"status": "idle"}

    def test_one_that_is_just_being_started_is_left_alone(self, service, paired, sessions):
        sessions.away = False
        service.finish_unfinished()
        assert sessions.started == {}

    def test_after_an_outage_both_are_told_of_the_same_session(
        self, service, start, sessions, clock, publisher
    ):
        publisher.away = True
        start("alice")
        assert start("bob") == SEARCHING
        publisher.away = False
        clock.advance(UNFINISHED_AFTER_SECONDS + 1)
        service.finish_unfinished()
        assert len(sessions.started) == 1
        assert [event for event, _ in publisher.heard] == ["searcher.opponent_found"] * 2

    def test_messages_sent_twice_have_the_same_ids(self, start, sessions, publisher):
        start("alice")
        start("bob")
        first = [message.id for message in publisher.sent]
        assert len(set(first)) == 2
        [key] = sessions.started
        assert all(notice_id.startswith(key) for notice_id in first)

    def test_one_whose_session_cannot_begin_holds_up_no_other(
        self, service, paired, start, sessions, clock
    ):
        start("carol")
        start("dave")
        sessions.away = False
        for failing in ("alice", "dave"):
            sessions.fails_for = {failing}
            clock.advance(UNFINISHED_AFTER_SECONDS + 1)
            service.finish_unfinished()
        assert service.status("alice") == service.status("carol") == {"status": "idle"}

    def test_a_pair_of_the_timer_that_fails_holds_up_no_other(
        self, service, start, sessions, clock, publisher
    ):
        for login, rating in [("alice", 1500), ("bob", 1700), ("carol", 5000), ("dave", 5200)]:
            start(login, rating)
        sessions.fails_for = {"alice"}
        clock.advance(59)
        service.pair()
        assert sorted(players for _, players in publisher.heard) == [("carol",), ("dave",)]
        assert service.status("alice")["status"] == "searching"
