"""Players who leave and come back, and connections whose end has no effect."""

import time

from tests.client import CheckedClient
from tests.e2e.playing import begin, both_move, by_room, wait_for_version


def come_back(connect, player, session_id):
    """Return a new connection of the player's, connected to the session."""
    again = connect(CheckedClient)
    again.call("auth.authenticate", access_token=player.token)
    again.call("sessions.connect", session_id=session_id)
    return again


def test_a_player_who_returns_within_the_grace_plays_on(two_players, connect):
    one, other = two_players
    session_id = begin(one, other)
    last = both_move(one, other, session_id)
    one.drop()
    gone = other.wait_for("session.player_disconnected")
    assert (gone["login"], gone["version"]) == (one.login, last + 1)
    again = come_back(connect, one, session_id)
    back = other.wait_for("session.player_connected", lambda each: each["version"] > last)
    assert (back["login"], back["version"]) == (one.login, last + 2)
    legal = again.call("sessions.get", session_id=session_id)["legal"]
    version = again.execute(session_id, {"type": "move", "move": legal[0]})["version"]
    assert wait_for_version(other, session_id, version)["version"] == last + 3
    assert other.fence() == []


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


def test_a_leaving_spectator_is_no_leaving_player(two_players, connect):
    one, other = two_players
    session_id = begin(one, other)
    watcher = connect(CheckedClient)
    watcher.call("sessions.connect", session_id=session_id)
    watcher.drop()
    assert one.call("sessions.get", session_id=session_id)["status"] == "active"
    assert all(each["method"].endswith("spectators_changed") for each in one.fence())


def test_leaving_an_ended_session_has_no_effect(two_players):
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
    assert one.call("sessions.history", session_id=session_id) == {"events": [], "next": None}
