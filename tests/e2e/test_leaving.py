"""What follows when a player's connections go."""

import time
from datetime import datetime, timedelta

import pytest

from tests.client import CheckedClient
from tests.e2e.playing import begin, both_move, by_room, wait_for_version
from tests.stack import GRACE


def come_back(connect, player, session_id):
    """A new connection of the player's, connected to the session."""
    again = connect(CheckedClient)
    again.call("auth.authenticate", access_token=player.token)
    again.call("sessions.connect", session_id=session_id)
    return again


@pytest.fixture
def longer_grace(stack):
    """A grace in which one can come back, though the machine stand still for seconds."""
    grace = 5.0
    with stack.given("sessions", GRACE=grace):
        yield grace


def test_who_comes_back_within_the_grace_plays_on(longer_grace, two_players, connect):
    one, other = two_players
    session_id = begin(one, other)
    last = both_move(one, other, session_id)
    one.drop()
    gone = other.wait_for("session.player_disconnected")
    assert (gone["login"], gone["version"]) == (one.login, last + 1)
    again = come_back(connect, one, session_id)
    back = other.wait_for("session.player_connected", lambda each: each["version"] > last)
    assert (back["login"], back["version"]) == (one.login, last + 2)
    time.sleep(longer_grace + 0.7)  # nothing must come of the grace that had begun
    legal = again.call("sessions.get", session_id=session_id)["legal"]
    version = again.execute(session_id, {"type": "move", "move": legal[0]})["version"]
    assert wait_for_version(other, session_id, version)["version"] == last + 3
    assert other.fence() == []


def test_who_stays_away_loses_by_abandonment_after_the_grace(two_players):
    one, other = two_players
    session_id = begin(one, other)
    last = both_move(one, other, session_id)
    one.drop()
    gone = other.wait_for("session.player_disconnected")
    assert gone["login"] == one.login
    ended = other.wait_for("session.ended")
    at, begun, deadline = map(
        datetime.fromisoformat, (ended["at"], gone["at"], gone["deadline"])
    )
    assert (deadline - begun).total_seconds() == pytest.approx(GRACE, abs=0.01)
    assert deadline <= at < deadline + timedelta(seconds=5)  # a machine may stand still
    assert ended["version"] == last + 2
    assert ended["result"] == {
        "winner": other.login, "reason": "abandonment",
        "by_player": {one.login: 0, other.login: 1},
    }


def test_the_last_of_many_quick_calls_decides_the_presence(
    two_players
):
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    for last, before in (("connect", "disconnect"), ("disconnect", "connect")) * 5:
        asked = [one.ask(f"sessions.{each}", session_id=session_id) for each in (before, last)]
        assert all("result" in one.answer(number) for number in asked)
        connected = other.call("sessions.get", session_id=session_id)["connected"]
        assert (one.login in connected) is (last == "connect")
        if last == "disconnect":
            one.connect(session_id)


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


def test_a_spectators_going_is_nobodys_leaving(two_players, connect):
    one, other = two_players
    session_id = begin(one, other)
    watcher = connect(CheckedClient)
    watcher.call("sessions.connect", session_id=session_id)
    watcher.drop()
    assert one.call("sessions.get", session_id=session_id)["status"] == "active"
    assert all(each["method"].endswith("spectators_changed") for each in one.fence())


def test_what_has_ended_is_not_left(two_players):
    one, other = two_players
    session_id = begin(one, other)
    other.command(session_id, {"type": "resign"})
    ended = one.wait_for("session.ended")["version"]
    other.call("sessions.disconnect", session_id=session_id)
    assert one.fence() == []
    assert one.call("sessions.get", session_id=session_id)["version"] == ended


def test_a_player_who_was_never_connected_has_left_nothing(two_players):
    one, other = two_players
    session_id = by_room(one, other)
    other.close()
    time.sleep(0.3)
    assert one.call("sessions.history", session_id=session_id) == {"events": []}


def test_who_came_unnoticed_and_is_gone_is_known_to_be_gone(stack, two_players, outage):
    one, other = two_players
    session_id = by_room(one, other)
    other.connect(session_id)
    other.forget()
    stack.pause("sessions")
    try:
        one.refused("Unavailable", "sessions.connect", session_id=session_id)
        one.drop()
    finally:
        stack.resume("sessions")
    # The call was served all the same, as its service had been given it.
    assert other.wait_for("session.player_connected")["login"] == one.login
    assert other.wait_for("session.player_disconnected")["login"] == one.login
