"""Commands in a session, and what everybody connected to it sees."""

import pytest

from tests.client import CheckedClient
from tests.e2e.playing import RESIGN, begin, both_move, by_room, wait_for_version

MOVE = {"type": "move", "move": "b2b3"}
REPLY = {"type": "move", "move": "b4b3"}


@pytest.fixture
def game(two_players):
    """Two players and their session, the first of them to move."""
    return *two_players, begin(*two_players)


def test_a_move_is_answered_with_its_version_and_seen_by_all(game, connect):
    one, other, session_id = game
    watcher = connect(CheckedClient)
    before = watcher.call("sessions.connect", session_id=session_id)["session"]
    version = one.move(session_id, "b2b3")
    assert version == before["version"] + 1
    seen = {}
    for client in (one, other, watcher):
        seen[client] = wait_for_version(client, session_id, version)
        assert seen[client]["command"] == {"login": one.login, "type": "move", "move": "b2b3"}
        assert seen[client]["to_move"] == [other.login]
        assert seen[client]["state"]["turn"] == 1
        assert seen[client]["state"]["last_move"] == "b2b3"
        assert seen[client]["state"]["board"]["b3"] == {"piece": "chick", "side": 0}
        assert seen[client]["state"]["hands"] == [["chick"], []]
        assert seen[client]["clocks"] is None and seen[client]["draw_offered_by"] is None
    assert seen[one]["legal"] == seen[watcher]["legal"] == []
    legal = other.call("sessions.get", session_id=session_id)["legal"]
    assert seen[other]["legal"] == legal and "b4b3" in legal


def test_an_illegal_move_is_refused_and_nobody_hears_of_it(game):
    one, other, session_id = game
    for move in ("b2b4", "a1a2", "C@a2", "", "b2b3+", "nonsense", None, True, 7, ["b2b3"],
                 {"from": "b2"}, "x" * 5000, "\0", "é"):
        kind = "InvalidCommand" if move is None else "IllegalMove"
        one.refused_command(kind, session_id, {"type": "move", "move": move})
    assert one.fence() == other.fence() == []
    assert one.call("sessions.get", session_id=session_id)["version"] == 2


def test_a_move_out_of_turn_is_refused_and_nobody_hears_of_it(game):
    one, other, session_id = game
    other.refused_command("NotYourTurn", session_id, REPLY)
    one.move(session_id, "b2b3")
    one.refused_command("NotYourTurn", session_id, {"type": "move", "move": "a1a2"})
    assert [event["method"] for event in other.fence()] == ["session.state_changed"]


def test_a_resignation_ends_the_game_for_the_other(game):
    one, other, session_id = game
    version = other.command(session_id, RESIGN)["version"]  # also when it is not one's turn
    for player in (one, other):
        ended = player.wait_for("session.ended")
        assert ended["version"] == version
        assert ended["result"] == {
            "winner": one.login, "reason": "resignation",
            "by_player": {one.login: 1, other.login: 0},
        }
        session = player.call("sessions.get", session_id=session_id)
        assert (session["status"], session["version"]) == ("ended", version)
        assert session["ended_at"] == ended["at"]
        assert player.fence() == []


def test_nothing_can_be_done_in_a_session_that_has_ended(game):
    one, other, session_id = game
    one.command(session_id, RESIGN)
    for command in (MOVE, RESIGN, {"type": "nonsense"}):
        for player in (one, other):
            player.refused_command("SessionEnded", session_id, command)


def test_a_repeated_command_has_one_effect_and_one_answer(game):
    one, other, session_id = game
    first = one.command(session_id, MOVE, "once")
    assert first["command_id"] == "once"
    assert one.command(session_id, MOVE, "once") == first
    assert one.command(session_id, RESIGN, "once") == first
    wait_for_version(other, session_id, first["version"])
    assert other.command(session_id, REPLY, "once")["version"] == first["version"] + 1
    assert one.command(session_id, MOVE, "once", version=0) == first
    wait_for_version(other, session_id, first["version"] + 1)
    assert other.fence() == []


def test_a_repeated_command_is_answered_after_the_end_too(game):
    one, other, session_id = game
    first = one.command(session_id, MOVE, "once")
    last = other.command(session_id, RESIGN, "last")
    assert one.command(session_id, MOVE, "once") == first
    assert other.command(session_id, RESIGN, "last") == last


def test_a_command_sent_many_times_at_once_has_one_effect(game):
    one, other, session_id = game
    params = {"session_id": session_id, "command": MOVE, "command_id": "once"}
    questions = [one.ask("sessions.execute", **params) for _ in range(12)]
    answers = [one.answer(number)["result"] for number in questions]
    assert answers == [answers[0]] * 12
    wait_for_version(other, session_id, answers[0]["version"])
    assert other.fence() == []


def test_a_refused_command_is_not_remembered(game):
    one, _, session_id = game
    one.refused_command("IllegalMove", session_id, {"type": "move", "move": "b2b4"}, "again")
    assert one.command(session_id, MOVE, "again")["version"] == 3


def test_a_command_made_on_an_older_board_is_stale(game):
    one, other, session_id = game
    moved_at = one.move(session_id, "b2b3")
    for version in (0, moved_at - 1, moved_at + 1, 2**40):
        refusal = other.refused_command("StaleVersion", session_id, REPLY, version=version)
        assert refusal.details["version"] == moved_at
    assert other.command(session_id, REPLY, version=moved_at)["version"] == moved_at + 1


def test_connecting_or_leaving_makes_no_command_stale(game):
    one, other, session_id = game
    version = one.call("sessions.get", session_id=session_id)["version"]
    other.call("sessions.disconnect", session_id=session_id)
    gone = one.wait_for("session.player_disconnected")
    assert (gone["version"], gone["login"]) == (version + 1, other.login)
    assert gone["deadline"] > gone["at"]
    other.connect(session_id)
    assert one.command(session_id, MOVE, version=version)["version"] == version + 3


def test_not_a_player_is_checked_first(game, player, rpc):
    one, other, session_id = game
    stranger = player()
    for command in (MOVE, RESIGN, {"type": "nonsense"}):
        stranger.refused_command("NotAPlayer", session_id, command)
    one.command(session_id, RESIGN)
    stranger.refused_command("NotAPlayer", session_id, RESIGN)
    stranger.refused_command("SessionNotFound", "no such session", {"type": "nonsense"})


@pytest.mark.parametrize(
    "command",
    [
        {}, {"type": None}, {"type": 7}, {"type": ["move"]}, {"type": "dance"}, {"type": "Move"},
        {"type": "move"}, {"type": "move", "move": None}, {"move": "b2b3"},
        {"type": "move", "move": "b2b3", "extra": 1}, {"type": "resign", "move": "b2b3"},
        {"type": "x" * 10_000}, {"type": "\0"},
    ],
)
def test_a_malformed_command_is_invalid(game, command):
    one, _, session_id = game
    one.refused_command("InvalidCommand", session_id, command)
    one.refused_command("InvalidCommand", session_id, command, version=2**40)


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"command": "move"}, "command"),
        ({"command": ["move"]}, "command"),
        ({"command": None}, "command"),
        ({"command_id": None}, "command_id"),
        ({"command_id": ""}, "command_id"),
        ({"command_id": "x" * 65}, "command_id"),
        ({"command_id": 7}, "command_id"),
        ({"version": -1}, "version"),
        ({"version": "2"}, "version"),
        ({"version": 1.5}, "version"),
        ({"session_id": 7}, "session_id"),
    ],
)
def test_malformed_params_of_a_command_come_with_the_path(player, params, path):
    one = player()
    refusal = one.refused(
        "InvalidParams", "sessions.execute",
        **{"session_id": "no such session", "command": MOVE, "command_id": "1", **params},
    )
    assert [error["path"] for error in refusal.details["errors"]] == [path]


def test_errors_are_checked_in_their_order(game):
    one, other, session_id = game
    moved_at = one.move(session_id, "b2b3")
    illegal = {"type": "move", "move": "nonsense"}
    one.refused_command("InvalidCommand", session_id, {"type": "nonsense"}, version=0)
    one.refused_command("StaleVersion", session_id, illegal, version=0)
    one.refused_command("NotYourTurn", session_id, illegal, version=moved_at)
    other.refused_command("IllegalMove", session_id, illegal, version=moved_at)


def test_a_command_needs_no_connection_to_the_session(two_players, rpc):
    one, other = two_players
    session_id = by_room(one, other)
    answer = rpc(
        "sessions.execute", one.token, session_id=session_id, command=MOVE, command_id="1"
    )
    assert answer == {"version": 1, "command_id": "1"}
    assert one.events and not any("version" in event["params"] for event in one.fence())


def test_a_spectator_follows_a_game(game, connect):
    one, other, session_id = game
    watcher = connect(CheckedClient)
    session = watcher.call("sessions.connect", session_id=session_id)["session"]
    assert session["legal"] == [] and session["spectators"] == 1
    assert session["connected"] == [one.login, other.login]
    last = both_move(one, other, session_id)
    one.command(session_id, RESIGN)
    assert wait_for_version(watcher, session_id, last - 1)["legal"] == []
    assert wait_for_version(watcher, session_id, last)["legal"] == []
    assert watcher.wait_for("session.ended")["version"] == last + 1
    watcher.refused(
        "Unauthenticated", "sessions.execute", session_id=session_id, command=RESIGN,
        command_id="1",
    )
    assert one.call("sessions.get", session_id=session_id)["spectators"] == 1


def test_a_players_several_connections_all_follow_the_game(game, connect):
    one, other, session_id = game
    second = connect(CheckedClient)
    second.call("auth.authenticate", access_token=one.token)
    snapshot = second.call("sessions.connect", session_id=session_id)["session"]
    assert snapshot["legal"] == one.call("sessions.get", session_id=session_id)["legal"]
    assert other.fence() == []  # it is nobody's coming
    version = one.move(session_id, "b2b3")
    assert wait_for_version(second, session_id, version) == wait_for_version(
        one, session_id, version
    )
    one.close()
    second.call("server.info")
    assert [event["method"] for event in other.fence()] == ["session.state_changed"]
    second.close()
    assert other.wait_for("session.player_disconnected")["login"] == one.login


def test_a_spectator_who_logs_in_plays_after_reconnecting(game, connect):
    one, other, session_id = game
    late = connect(CheckedClient)
    late.call("sessions.connect", session_id=session_id)
    late.call("auth.authenticate", access_token=one.token)
    late.call(
        "sessions.execute", session_id=session_id, command=MOVE, command_id="1"
    )
    assert wait_for_version(late, session_id, 3)["legal"] == []
    other.move(session_id, "b4b3")
    assert wait_for_version(late, session_id, 4)["legal"] == []
    session = late.call("sessions.connect", session_id=session_id)["session"]
    assert session["legal"] == one.call("sessions.get", session_id=session_id)["legal"]
    assert session["legal"] and session["spectators"] == 0


def test_since_returns_missed_events(game):
    one, other, session_id = game
    last = both_move(one, other, session_id)
    other.drop()
    gone = one.wait_for("session.player_disconnected")["version"]
    answer = one.call("sessions.connect", session_id=session_id, since=2)
    assert [event["version"] for event in answer["events"]] == list(range(3, gone + 1))
    history = one.call("sessions.history", session_id=session_id, since=2)["events"]
    assert answer["events"] == history
    assert [event["type"] for event in history] == [
        "session.state_changed", "session.state_changed", "session.player_disconnected"
    ]
    assert history[1]["version"] == last
    for beyond in (gone, gone + 7, 2**40):
        answer = one.call("sessions.connect", session_id=session_id, since=beyond)
        assert answer["events"] == []
        history = one.call("sessions.history", session_id=session_id, since=beyond)
        assert history == {"events": [], "next": None}
    assert one.call("sessions.connect", session_id=session_id)["events"] == []


def test_a_history_is_read_in_pages(game):
    one, other, session_id = game
    last = both_move(one, other, session_id)
    first = one.call("sessions.history", session_id=session_id, limit=last - 1)
    assert [event["version"] for event in first["events"]] == list(range(1, last))
    second = one.call("sessions.history", session_id=session_id, limit=9, since=first["next"])
    assert [event["version"] for event in second["events"]] == [last]
    assert second["next"] is None


def test_a_disconnected_connection_gets_no_more_events(game):
    one, other, session_id = game
    assert other.call("sessions.disconnect", session_id=session_id) == {}
    other.forget()
    one.move(session_id, "b2b3")
    assert other.fence() == []
    other.refused("NotAMember", "sessions.disconnect", session_id=session_id)


def test_sessions_are_listed_with_what_was_asked_for(game, rpc):
    one, other, session_id = game
    another = by_room(one, other)
    one.command(session_id, RESIGN)

    def listed(**where):
        items = rpc("sessions.list", None, login=one.login, **where)["items"]
        return [session["session_id"] for session in items]

    assert listed() == [another, session_id]
    assert listed(status="ended") == [session_id] and listed(status="active") == [another]
    assert listed(game="dobutsu", limit=1) == [another]
    first = rpc("sessions.list", None, login=one.login, limit=1)
    assert listed(after=first["next"]) == [session_id]
    assert rpc("sessions.list", None, login="nobody-at-all")["items"] == []


def test_a_session_that_is_not_there_is_not_found(player):
    one = player()
    for session_id in ("", "0" * 24, "\0", "x" * 10_000, "é", "a/b", "#", "*"):
        for method in (
            "sessions.get", "sessions.connect", "sessions.history", "sessions.disconnect"
        ):
            one.refused("SessionNotFound", method, session_id=session_id)
