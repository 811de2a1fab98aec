"""Sessions whose players leave and do not come back."""

from datetime import datetime

import pytest

from tests.e2e.playing import begin, both_move

GRACE = 2.5  # seconds


@pytest.fixture(scope="module", autouse=True)
def short_grace(running_stack):
    """A session service that soon ends the sessions of players who have left."""
    with running_stack.given("sessions", GRACE=GRACE):
        yield


def test_an_absent_player_loses_after_the_grace(two_players):
    one, other = two_players
    session_id = begin(one, other)
    last = both_move(one, other, session_id)
    one.drop()
    gone = other.wait_for("session.player_disconnected")
    assert gone["login"] == one.login
    ended = other.wait_for("session.ended")
    at, left_at, deadline = map(
        datetime.fromisoformat, (ended["at"], gone["at"], gone["deadline"])
    )
    assert (deadline - left_at).total_seconds() == pytest.approx(GRACE, abs=0.01)
    assert deadline <= at
    assert ended["version"] == last + 2
    assert ended["result"] == {
        "winner": other.login, "reason": "abandonment",
        "by_player": {one.login: 0, other.login: 1},
    }


def test_a_game_that_the_leaver_has_not_moved_in_is_aborted(two_players):
    one, other = two_players
    session_id = begin(one, other)
    one.move(session_id, "b2b3")
    other.close()
    ended = one.wait_for("session.ended")
    assert ended["result"] == {"winner": None, "reason": "aborted", "by_player": {}}
    session = one.call("sessions.get", session_id=session_id)
    assert (session["status"], session["connected"]) == ("ended", [one.login])


def test_disconnecting_from_a_session_is_leaving_it(two_players):
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    other.call("sessions.disconnect", session_id=session_id)
    other.forget()
    assert one.wait_for("session.player_disconnected")["login"] == other.login
    assert one.wait_for("session.ended")["result"]["reason"] == "abandonment"
    assert other.fence() == []


def test_leaving_one_session_leaves_the_others_alone(two_players):
    one, other = two_players
    sessions = [begin(one, other) for _ in range(2)]
    for session_id in sessions:
        both_move(one, other, session_id)
    other.call("sessions.disconnect", session_id=sessions[0])
    assert one.wait_for("session.ended")["session_id"] == sessions[0]
    assert one.call("sessions.get", session_id=sessions[1])["status"] == "active"


def test_a_connection_that_goes_leaves_all_its_sessions(two_players):
    one, other = two_players
    sessions = [begin(one, other) for _ in range(3)]
    other.drop()
    gone = {one.wait_for("session.player_disconnected")["session_id"] for _ in range(3)}
    assert gone == set(sessions)
    ended = {one.wait_for("session.ended")["session_id"] for _ in range(3)}
    assert ended == set(sessions)
