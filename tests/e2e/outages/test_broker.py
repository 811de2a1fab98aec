"""A broker that restarts, is away for long, or falls silent while players play."""

import os
import signal
import time

from client import Refused
from tests.e2e.outages.conftest import GATEWAY_LEASE
from tests.e2e.playing import RESIGN, begin, both_move, by_search, wait_for_version
from tests.stack import eventually

GRACE = 2.5  # seconds


def test_a_broker_that_restarts_ends_no_process_and_games_go_on(
    stack, broker, two_players, player
):
    one, other = two_players
    session_id = begin(one, other)
    last = both_move(one, other, session_id)
    broker.kill()
    assert stack.readiness()[0] == 503
    one.refused("Unavailable", "rooms.create")
    broker.start()
    stack.wait_until_ready()
    assert all(process.runs for process in stack.processes.values())
    session = one.call("sessions.get", session_id=session_id)
    assert (session["status"], session["version"] >= last) == ("active", True)

    wait_for_version(other, session_id, one.move(session_id, session["legal"][0]))
    ended = other.command(session_id, RESIGN)["version"]
    for each in two_players:
        assert each.wait_for("session.ended")["version"] == ended
    assert by_search(player(), player())


def answered(player, session_id):
    """Return a session, as soon as the service answers."""
    def ask():
        try:
            return player.call("sessions.get", session_id=session_id)
        except Refused as refusal:
            assert refusal.type == "Unavailable"
            return None

    return eventually(ask, 30)


def test_a_time_without_a_broker_is_on_nobodys_clock(stack, broker, two_players):
    one, other = two_players
    initial = 12
    session_id = begin(one, other, clock={"initial": initial, "increment": 0})
    both_move(one, other, session_id)
    broker.kill()
    time.sleep(initial)  # all that it shows
    broker.start()

    def is_given_back():  # by the first look at all clocks, which may come after an answer
        session = answered(one, session_id)
        assert session["status"] == "active", session["result"]
        return session["clocks"][one.login] > initial / 2

    eventually(is_given_back, 30, "the time without a broker")
    stack.wait_until_ready()


def test_a_broker_that_falls_silent_is_held_against_nobody(stack, broker, two_players):
    one, other = two_players
    with stack.given("sessions", HEARTBEAT=2, GRACE=GRACE):
        session_id = begin(one, other)
        last = both_move(one, other, session_id)
        os.kill(broker.pid, signal.SIGSTOP)
        try:
            time.sleep(GATEWAY_LEASE + GRACE + 3)
        finally:
            os.kill(broker.pid, signal.SIGCONT)
        session = answered(one, session_id)
        time.sleep(GRACE + 1)
        assert session == answered(other, session_id) | {"legal": session["legal"]}
        assert (session["status"], session["version"]) == ("active", last)
        assert session["connected"] == [one.login, other.login]
    stack.wait_until_ready()
