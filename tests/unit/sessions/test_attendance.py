"""Players come and go: connections, grace periods, and what an absence lets others claim."""

import pytest

from sessions import attendance, deadlines
from sessions.commands import open_claims
from sessions.exceptions import CannotClaim
from tests.unit.sessions.conftest import NOW, result, score, types


class TestBeginning:
    def test_a_new_match_is_active_at_version_0(self, match):
        assert (match.status, match.version, match.result) == ("active", 0, None)
        assert match.to_move == ["alice"]

    def test_connecting_and_disconnecting_are_events(self, match):
        [came] = attendance.connect(match, "alice", NOW + 1)
        [left] = attendance.disconnect(match, "alice", NOW + 2)
        assert (came.version, came.type, came.data) == (
            1, "session.player_connected", {"login": "alice"}
        )
        assert (left.version, left.type, left.data) == (
            2, "session.player_disconnected", {"login": "alice", "deadline": NOW + 32}
        )

    def test_seats_follow_the_order_of_moving(self, match):
        assert [match.seat(login) for login in ("alice", "bob", "carol", None)] == [
            0, 1, None, None
        ]


class TestLeaving:
    def test_a_player_who_moved_loses_when_the_grace_ends(self, both_moved):
        match = both_moved()
        attendance.disconnect(match, "bob", NOW)
        assert deadlines.expire(match, NOW + 29.9) == []
        assert deadlines.next_deadline(match) == NOW + 30
        [ended] = deadlines.expire(match, NOW + 30)
        assert (ended.type, ended.data) == (
            "session.ended", {"result": result("alice", "abandonment")}
        )
        assert match.result == result("alice", "abandonment")
        assert deadlines.next_deadline(match) is None

    def test_a_session_is_aborted_if_the_absent_player_has_not_moved(self, match, move):
        move(match, "b2b3")
        attendance.connect(match, "bob", NOW)
        attendance.disconnect(match, "bob", NOW)
        deadlines.expire(match, NOW + 30)
        assert match.result == result(None, "aborted")

    def test_coming_back_within_the_grace_costs_nothing(self, both_moved):
        match = both_moved()
        attendance.disconnect(match, "bob", NOW)
        assert types(attendance.connect(match, "bob", NOW + 29)) == ["session.player_connected"]
        assert deadlines.expire(match, NOW + 1000) == []
        assert match.status == "active"

    def test_each_disconnection_has_its_own_grace(self, both_moved):
        match = both_moved()
        attendance.disconnect(match, "bob", NOW)
        attendance.connect(match, "bob", NOW + 20)
        attendance.disconnect(match, "bob", NOW + 25)
        assert deadlines.expire(match, NOW + 54) == []
        assert types(deadlines.expire(match, NOW + 55)) == ["session.ended"]

    def test_the_first_of_two_absent_players_loses(self, both_moved):
        match = both_moved()
        attendance.disconnect(match, "bob", NOW)
        attendance.disconnect(match, "alice", NOW + 1)
        assert types(deadlines.expire(match, NOW + 100)) == ["session.ended"]
        assert match.result == result("alice", "abandonment")

    def test_a_grace_of_0_ends_the_session_at_once(self, both_moved):
        match = both_moved(grace=0)
        assert types(attendance.disconnect(match, "bob", NOW)) == ["session.player_disconnected"]
        assert types(deadlines.expire(match, NOW)) == ["session.ended"]
        assert match.result == result("alice", "abandonment")

    def test_a_grace_of_0_aborts_if_nobody_has_moved(self, begin):
        match = begin(grace=0)
        attendance.connect(match, "alice", NOW)
        attendance.disconnect(match, "alice", NOW)
        deadlines.expire(match, NOW)
        assert match.result == result(None, "aborted")

    def test_with_claims_the_session_goes_on(self, both_moved):
        match = both_moved(leaving="claim")
        attendance.disconnect(match, "bob", NOW)
        assert deadlines.expire(match, NOW + 1000) == []
        assert (match.status, deadlines.next_deadline(match)) == ("active", None)

    def test_with_claims_an_abort_still_comes_by_itself(self, begin):
        match = begin(leaving="claim")
        attendance.connect(match, "alice", NOW)
        attendance.disconnect(match, "alice", NOW)
        deadlines.expire(match, NOW + 30)
        assert match.result == result(None, "aborted")


class TestClaims:
    @pytest.fixture
    def absent_bob(self, begin, move):
        """Return a match in which both have moved, and Bob's grace ends after 30 seconds."""
        match = begin(leaving="claim")
        move(match, "b2b3", "a4a3")
        attendance.disconnect(match, "bob", NOW)
        return match

    @pytest.mark.parametrize(
        ("kind", "winner", "by_player"),
        [("claim_victory", "alice", score(1, 0)), ("claim_draw", None, score(0.5, 0.5))],
    )
    def test_the_opponent_of_an_absent_player_may_claim(
        self, absent_bob, give, kind, winner, by_player
    ):
        assert open_claims(absent_bob, "alice", NOW + 30) == ["claim_victory", "claim_draw"]
        give(absent_bob, "alice", kind, after=30)
        assert absent_bob.result == {
            "winner": winner, "reason": "abandonment", "by_player": by_player
        }

    @pytest.mark.parametrize("kind", ["claim_victory", "claim_draw"])
    @pytest.mark.parametrize(("login", "after"), [("alice", 29.9), ("bob", 30)])
    def test_no_claim_before_the_grace_ends_or_by_the_absent(
        self, absent_bob, give, unchanged, kind, login, after
    ):
        assert open_claims(absent_bob, login, NOW + after) == []
        with unchanged(absent_bob, CannotClaim):
            give(absent_bob, login, kind, after=after)

    def test_a_player_who_is_back_leaves_nothing_to_claim(self, absent_bob, give, unchanged):
        attendance.connect(absent_bob, "bob", NOW + 60)
        with unchanged(absent_bob, CannotClaim):
            give(absent_bob, "alice", "claim_victory", after=61)

    @pytest.mark.parametrize("kind", ["claim_victory", "claim_draw"])
    def test_without_claims_there_is_nothing_to_claim(self, match, give, move, unchanged, kind):
        move(match, "b2b3", "a4a3")
        attendance.disconnect(match, "bob", NOW)
        assert open_claims(match, "alice", NOW + 60) == []
        with unchanged(match, CannotClaim):
            give(match, "alice", kind, after=60)

    def test_a_draw_by_the_rules_is_for_the_player_to_move(
        self, match, give, unchanged, monkeypatch
    ):
        monkeypatch.setattr(match.game, "claims", lambda state, seat: ["threefold_repetition"])
        assert open_claims(match, "alice", NOW) == ["claim_draw"]
        assert open_claims(match, "bob", NOW) == open_claims(match, None, NOW) == []
        with unchanged(match, CannotClaim):
            give(match, "bob", "claim_draw")
        give(match, "alice", "claim_draw")
        assert match.result == {
            "winner": None, "reason": "threefold_repetition", "by_player": score(0.5, 0.5)
        }

    def test_an_ended_session_has_nothing_to_claim(self, absent_bob, give):
        give(absent_bob, "alice", "resign")
        assert open_claims(absent_bob, "alice", NOW + 60) == []


def test_with_days_visits_leave_room_for_draws_and_are_bounded(begin, give, move):
    match = begin(clock={"days": 2, "vacation": 0})
    move(match, "b2b3", "a4a3")

    def visit(times):
        before = match.version
        for _ in range(times):
            attendance.connect(match, "alice", NOW)
            attendance.disconnect(match, "alice", NOW)
        return match.version - before

    assert visit(attendance.MAX_EVENTS_BEFORE_SILENCE) == attendance.MAX_EVENTS_BEFORE_SILENCE
    assert visit(1) == 0
    give(match, "alice", "offer_draw")
    move(match, "c1c2")
    assert visit(1) == 2
