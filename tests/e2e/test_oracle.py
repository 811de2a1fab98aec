"""The oracle finds every kind of fault, and none in a correct session."""

from dataclasses import replace

import pytest

from tests.e2e.oracle import (
    Command,
    View,
    faults_of_meeting,
    faults_of_ratings,
    faults_of_session,
)

MOVE = {"type": "move", "move": "b2b3"}


def moved(version, login="alice", move="b2b3"):
    return {
        "version": version, "at": f"second {version}", "type": "session.state_changed",
        "command": {"login": login, "type": "move", "move": move},
    }


def came(version, login="bob"):
    return {
        "version": version, "at": f"second {version}", "type": "session.player_connected",
        "login": login,
    }


def resigned(version):
    return {
        "version": version, "at": f"second {version}", "type": "session.ended",
        "result": {
            "winner": "alice", "reason": "resignation", "by_player": {"alice": 1, "bob": 0}
        },
    }


def answered(version):
    return {"result": {"version": version, "command_id": "one"}}


def refused(kind):
    return {"error": {"message": f"It is {kind}", "data": {"type": kind}}}


HISTORY = [came(1), moved(2), resigned(3)]
COMMANDS = [
    Command("alice", MOVE, "one", [refused("Unavailable"), answered(2), answered(2)]),
    Command("bob", {"type": "resign"}, "two", [answered(3)]),
]
VIEWS = [View("alice", 1, HISTORY[1:], HISTORY), View("bob", 1, HISTORY[1:], HISTORY)]


def of_views(*told):
    return faults_of_session(COMMANDS, [replace(VIEWS[0], told=told), VIEWS[1]])


def of_answers(*answers):
    return faults_of_session([replace(COMMANDS[0], answers=answers), COMMANDS[1]], VIEWS)


def of_history(*history):
    views = [View(login, len(history), [], history) for login in ("alice", "bob")]
    return faults_of_session(COMMANDS, views)


def test_nothing_is_found_where_all_is_well():
    assert faults_of_session(COMMANDS, VIEWS) == []


def test_an_unanswered_command_may_be_stored_or_not():
    lost = replace(COMMANDS[1], answers=[refused("Unavailable")])
    assert faults_of_session([COMMANDS[0], lost], VIEWS) == []
    views = [View(view.login, 2, [], HISTORY[:2]) for view in VIEWS]
    assert faults_of_session([COMMANDS[0], lost], views) == []


@pytest.mark.parametrize(("told", "expected"), [
    ([moved(2)], "alice was not told of 3"),
    ([moved(2), moved(2), resigned(3)], "alice was told 2 times of 2"),
    ([resigned(3), moved(2)], "alice was told of [3, 2] in this order"),
    ([moved(2), resigned(3), moved(4)], "alice was told of 4, which is not stored"),
])
def test_events_told_in_error_or_missing_are_faults(told, expected):
    assert of_views(*told) == [expected]


def test_a_move_shown_differently_than_stored_is_a_fault():
    [fault] = of_views(moved(2, move="a1a2"), resigned(3))
    assert "a1a2" in fault and "stored" in fault


@pytest.mark.parametrize(("answers", "expected"), [
    ([answered(2), answered(3)], "one was answered by the versions [2, 3]"),
    ([answered(1)], "one was answered by 1, which is not its event"),
    ([answered(2), refused("StaleVersion")], "one was refused: It is StaleVersion"),
])
def test_a_command_whose_answers_are_not_right(answers, expected):
    assert expected in of_answers(*answers)


@pytest.mark.parametrize("history", [
    [came(1), resigned(2)],  # the move was answered, and is not there
    [came(1), moved(2), moved(3), resigned(4)],  # it was made twice
    [came(1), moved(2), moved(3, "bob"), resigned(4)],  # nobody has sent this one
    [came(1), moved(3), resigned(4)],  # a version is missing
])
def test_a_history_that_cannot_have_come_of_the_commands(history):
    assert of_history(*history)


def test_two_who_read_different_histories():
    other = [came(1), {**moved(2), "at": "another second"}, resigned(3)]
    views = [VIEWS[0], View("bob", 3, [], other)]
    assert faults_of_session(COMMANDS, views) == ["bob reads another history than alice"]


def test_players_who_met_have_one_session_and_were_told_of_it():
    told = {login: {"room.filled": ["s"], "session.created": ["s"]} for login in ("alice", "bob")}
    assert faults_of_meeting({"alice": ["s"], "bob": ["s"]}, told) == []


@pytest.mark.parametrize("ids", [[], ["s", "t"], ["t"]])
def test_players_who_have_not_one_session_in_common(ids):
    assert faults_of_meeting({"alice": ["s"], "bob": ids}, {})
    assert faults_of_meeting({"alice": ids, "bob": ["s"]}, {})


@pytest.mark.parametrize("ids", [[], ["s", "s"], ["t"]])
def test_a_player_who_was_not_told_of_the_session_just_once(ids):
    sessions = {"alice": ["s"], "bob": ["s"]}
    [fault] = faults_of_meeting(sessions, {"bob": {"session.created": ids}})
    assert fault.startswith("bob was told of")


def rating(games, wins, draws, losses):
    return {"rating": 1500, "games": games, "wins": wins, "draws": draws, "losses": losses}


RESULTS = [{"alice": 1, "bob": 0}, {"bob": 0.5, "alice": 0.5}, {"alice": 1, "carol": 0}]


def test_each_result_is_counted_once_for_each_of_its_players():
    right = {"alice": rating(3, 2, 1, 0), "bob": rating(2, 0, 1, 1), "carol": rating(1, 0, 0, 1)}
    assert faults_of_ratings(RESULTS, right) == []


@pytest.mark.parametrize("wrong", [
    rating(1, 0, 1, 0), rating(3, 0, 1, 2), rating(2, 1, 1, 0), rating(0, 0, 0, 0)
])
def test_a_result_that_was_counted_twice_or_not_or_the_wrong_way(wrong):
    [fault] = faults_of_ratings(RESULTS, {"bob": wrong})
    assert fault.startswith("bob has")
