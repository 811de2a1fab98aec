"""What is known of a session follows its events."""

import pytest

from bots.engines.seen import HAS_LEFT
from bots.position import Position

SESSION = {
    "game": "dobutsu", "options": {"clock": {"initial": 60, "increment": 2}}, "version": 3,
    "players": ["ada", "computer-1"], "state": "now", "legal": [], "result": None,
    "clocks": {"ada": 50.0, "computer-1": 60}, "draw_offered_by": None,
    "takeback_offered_by": None,
}
MOVED = {"version": 2, "type": "session.state_changed",
         "command": {"login": "ada", "type": "move", "move": "b2b3"}}


def position():
    known = Position("computer-1", {**SESSION}, "first")
    known.replay([{"version": 1, "type": "session.player_connected"}, MOVED,
                  {"version": 3, "type": "session.player_connected"}])
    return known


def changed(version, login="computer-1", legal=()):
    command = {"login": login, "type": "move", "move": f"move {version}"}
    return "session.state_changed", {
        "version": version, "command": command, "state": version, "legal": list(legal),
        "to_move": [], "clocks": None, "draw_offered_by": None,
    }


def test_an_engine_is_given_what_was_seen():
    known = position()
    assert known.take(*changed(4, "ada", ["x", "y"]))
    seen = known.seen()
    assert (seen.seat, seen.players, seen.initial, seen.view) == (1, 2, "first", 4)
    assert seen.moves == ((0, "b2b3"), (0, "move 4"))
    assert seen.legal == ["x", "y"]


def test_the_clock_is_the_bots_own():
    assert position().left == 60.0


def test_days_for_a_move_hurry_nobody():
    known = position()
    known.session["options"] = {"clock": {"days": 1, "vacation": 0}}
    assert known.left is None


@pytest.mark.parametrize(("clock", "seconds"), [
    ({"initial": 60, "increment": 2}, 2.0), ({"initial": 60, "delay": 5}, 5.0),
    ({"initial": 60, "bronstein": 3}, 3.0), ({"initial": 60, "period": 9, "periods": 3}, 0.0),
    (None, 0.0),
])
def test_each_kind_of_clock_gives_its_seconds(clock, seconds):
    known = position()
    known.session["options"] = {"clock": clock}
    assert known.increment == seconds


def test_history_beyond_the_snapshot_comes_as_events():
    known = position()
    known.replay([{**MOVED, "version": 4}])
    assert known.version == 3
    assert known.take(*changed(4))
    assert len(known.seen().moves) == 2


def test_an_event_is_taken_once_and_a_gap_is_noticed():
    known = position()
    assert known.take(*changed(4))
    assert known.take(*changed(4))
    assert len(known.seen().moves) == 2
    assert not known.take(*changed(6))
    assert known.take("session.spectators_changed", {"spectators": 2})


def test_a_move_waits_for_the_bots_own_last_one():
    known = position()
    known.awaited = 5
    known.take(*changed(4, "ada", ["x"]))
    assert not known.is_to_move
    known.take(*changed(5, "computer-1", ["y"]))
    assert known.is_to_move


def test_an_ended_session_is_over():
    known = position()
    known.take("session.ended", {"version": 4, "result": {"winner": "ada"}})
    assert known.is_over and not known.is_to_move


def test_moves_that_were_taken_back_are_forgotten():
    known = position()
    known.take(*changed(4, "computer-1"))
    known.take(*changed(5, "ada", ["x"]))
    known.checkpoint = "after all of them"
    assert known.take("session.takeback_accepted", {
        "version": 6, "login": "ada", "taken_back": [4, 5], "state": "earlier", "legal": ["y"],
        "to_move": ["computer-1"], "clocks": None,
    })
    seen = known.seen()
    assert (seen.moves, seen.view, seen.legal) == (((0, "b2b3"),), "earlier", ["y"])
    assert seen.checkpoint is None


def test_a_leaver_may_leave_the_bot_to_move():
    known = position()
    assert known.take("session.player_left", {
        "version": 4, "login": "ada", "reason": "resignation", "state": "without her",
        "legal": ["x"], "to_move": ["computer-1"], "clocks": None, "draw_offered_by": None,
    })
    assert known.is_to_move
    seen = known.seen()
    assert (seen.moves, seen.view) == (((0, "b2b3"), (0, HAS_LEFT)), "without her")


def test_moves_before_a_continued_session_come_first():
    known = Position("computer-1", {**SESSION}, "first", [[0, "x"], [1, "y"]])
    known.replay([MOVED])
    assert known.seen().moves == ((0, "x"), (1, "y"), (0, "b2b3"))
