"""The rules of an installed game change under a session: it goes on, or waits for its rules."""

import pytest

from tests.docs.pages import read
from tests.plugins import install_text
from tools.launch.polling import wait_while

pytestmark = pytest.mark.outage

FIRST = read("docs/examples/tictactoe.py")
HEAD = 'title = "Tic-tac-toe"\n'
UPGRADE = '''
    def upgrade(self, state, from_version):
        return {"squares": state["taken"]}
'''
# Of the second version, states have another name for what they hold.
SECOND = FIRST.replace('"taken"', '"squares"').replace(HEAD, f"{HEAD}    version = 2\n")


@pytest.fixture
def rules(tmp_path):
    """Return, for the text of a game, the folder in which it is installed."""
    return lambda name, source: install_text(tmp_path / name, "tictactoe:TicTacToe", source)


def begun(one, other):
    """Begin a session, and connect both players."""
    games = {"tictactoe"}
    wait_while(
        lambda: None if games <= {each["name"] for each in one.call("server.info")["games"]}
        else "It is not listed.", 30,
    )
    room = one.call("rooms.create", game="tictactoe", seats=2, options={})
    session_id = other.call("rooms.join", room_id=room["room_id"])["session_id"]
    for player in (one, other):
        player.connect(session_id)
    return session_id


def test_a_session_waits_for_its_rules_or_is_upgraded(stack, rules, two_players):
    one, other = two_players
    upgraded = SECOND.replace("    version = 2\n", f"    version = 2\n{UPGRADE}")
    with stack.given("sessions", PYTHONPATH=rules("first", FIRST)):
        session_id = begun(one, other)
        one.move(session_id, "a1")
        other.move(session_id, "a2")
        with stack.given("sessions", PYTHONPATH=rules("second", SECOND)):
            command = {"session_id": session_id, "command": {"type": "move", "move": "b1"}}
            one.refused("RulesUnavailable", "sessions.execute", **command, command_id="frozen")
            one.refused("RulesUnavailable", "sessions.get", session_id=session_id)
        one.move(session_id, "b1")  # its rules are back
        with stack.given("sessions", PYTHONPATH=rules("upgraded", upgraded)):
            other.move(session_id, "b2")
            assert one.wait_for("session.rules_changed")["game_version"] == 2
            one.move(session_id, "c1")
            result = other.wait_for("session.ended")["result"]
    assert (result["winner"], result["reason"]) == (one.login, "three_in_a_row")
