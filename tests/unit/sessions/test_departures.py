"""One of several leaves: the others play on, the game ends, or the server moves for the seat."""

import random

import pytest

from arbiter_games.contract import Leaving
from docs.examples.pig import Pig
from extensions.settings import Settings
from sessions import attendance, deadlines, departures
from sessions.exceptions import CannotTakeBack, InvalidCommand, NotYourTurn
from sessions.limited_game import suspended
from sessions.match import Match
from sessions.standing_moves import standing
from sessions.takebacks import Earlier
from sessions.views import export, snapshot
from tests.unit.sessions.conftest import NOW, types
from tests.unit.sessions.games import LastOne

FOUR = ["ann", "bob", "cat", "dan"]


@pytest.fixture
def four():
    """Return a function that begins a session of four, who have all moved."""

    def four(game=None, clock=None, leaving="auto"):
        game, options = game or Pig(), {"clock": clock, "rated": True, "goal": 30}
        state = game.setup(4, options, random.Random(1))
        settings = Settings(leaving=leaving)
        match = Match.start("s1", game, settings, options, FOUR, False, state, NOW, "seed")
        for login in FOUR:
            match.move(login, "hold" if isinstance(game, Pig) else "pass", NOW)
            attendance.connect(match, login, NOW)
        return match

    return four


def places(match):
    return list(match.result["places"].values())


def test_the_others_play_on_without_a_seat(four, give):
    match = four()
    [left] = give(match, "ann", "resign").events
    assert (left.type, left.data["login"], left.data["reason"], left.data["out"]) == (
        "session.player_left", "ann", "resignation", ["ann"]
    )
    assert left.data["to_move"] == match.to_move == ["bob"]
    assert snapshot(match, None, {None: 0}, NOW)["out"] == ["ann"]
    for login in ("bob", "cat", "dan"):
        give(match, login, "move", move="hold")
    assert match.to_move == ["bob"]


def test_the_last_one_left_wins_and_places_go_backwards(four, give):
    match = four()
    for login in ("cat", "ann"):
        give(match, login, "resign")
    happened = give(match, "dan", "resign").events
    assert types(happened) == ["session.player_left", "session.ended"]
    assert match.result == {
        "winner": "bob", "reason": "resignation",
        "by_player": {"ann": 0, "bob": 1, "cat": 0, "dan": 0},
        "places": {"ann": 3, "bob": 1, "cat": 4, "dan": 2},
    }


def test_an_export_says_who_left_and_after_which_move(four, give):
    match = four()
    setup = match.state
    give(match, "ann", "resign")
    happened = give(match, "bob", "move", move="hold").events
    for login in ("dan", "cat"):
        give(match, login, "resign")
    lines = export(match, setup, standing(happened), "a test")["text"].splitlines()
    assert lines[lines.index("") + 1:] == [
        "ann has left", "1. bob: hold (version 10)", "dan has left", "cat has left",
    ]


def test_the_server_moves_by_lot_for_who_has_left(four, give):
    match = four(LastOne())
    happened = give(match, "ann", "resign").events
    assert types(happened) == ["session.player_left", "session.state_changed"]
    assert happened[1].data["command"]["login"] == "ann"
    assert match.to_move != ["ann"]
    again = four(LastOne())
    assert give(again, "ann", "resign").events == happened


def test_a_leaver_is_behind_whatever_the_lot_says(four, give, monkeypatch):
    match = four(LastOne())
    give(match, "dan", "resign")
    monkeypatch.setattr(random.Random, "choice", lambda self, moves: moves[-1])
    give(match, "ann", "move", move="out 1")
    happened = give(match, "cat", "move", move="pass").events
    assert types(happened) == ["session.state_changed", "session.state_changed", "session.ended"]
    assert match.result["winner"] == "ann"
    assert places(match) == [1, 2, 2, 4]


def test_a_seat_that_passes_without_end_aborts_the_session(four, give, monkeypatch):
    match = four(LastOne())
    monkeypatch.setattr(match.game, "to_move", lambda state: [0])
    monkeypatch.setattr(match.game, "legal_moves", lambda state, player: ["pass"])
    happened = give(match, "ann", "resign").events
    assert len(happened) == departures.MAX_MOVES_BY_LOT + 2
    assert match.result["reason"] == "aborted"


def test_the_game_may_end_for_all(four, give, monkeypatch):
    match = four()
    monkeypatch.setattr(match.game, "leave", lambda state, seat: Leaving.END)
    give(match, "bob", "resign")
    assert (match.result["winner"], places(match)) == (None, [1, 4, 1, 1])
    assert match.result["by_player"] == {"ann": 0.5, "bob": 0, "cat": 0.5, "dan": 0.5}


def test_an_earlier_leaver_is_last_where_a_game_ends(four, give, monkeypatch):
    match = four()
    give(match, "dan", "resign")
    monkeypatch.setattr(match.game, "leave", lambda state, seat: Leaving.END)
    give(match, "bob", "resign")
    assert (match.result["winner"], places(match)) == (None, [1, 3, 1, 4])


def test_a_state_without_the_seat_may_have_an_outcome(four, give, monkeypatch):
    match = four()
    monkeypatch.setattr(
        match.game, "leave", lambda state, seat: {**state, "points": [3, 9, 30, 1]}
    )
    give(match, "bob", "resign")
    assert (match.result["reason"], places(match)) == ("goal_reached", [2, 4, 1, 3])


class TestWhoIsOut:
    @pytest.fixture(params=["by the rules", "by leaving"])
    def match(self, request, four, give):
        match = four(LastOne())
        if request.param == "by the rules":
            give(match, "ann", "move", move="out 1")
        else:
            give(match, "bob", "resign")
        return match

    def test_each_new_position_comes_with_who_is_out(self, match, give):
        assert match.out == ["bob"]
        [turn] = match.to_move
        [moved, *_] = give(match, turn, "move", move="pass").events
        assert moved.data["out"] == ["bob"]

    def test_a_player_who_is_out_may_go_without_harm(self, match):
        happened = attendance.disconnect(match, "bob", NOW)
        assert [(each.type, each.data["deadline"]) for each in happened] == [
            ("session.player_disconnected", None)
        ]
        assert deadlines.expire(match, NOW + 1000) == []

    @pytest.mark.parametrize("kind", ["resign", "offer_draw", "abort", "claim_draw"])
    def test_a_player_who_is_out_only_watches(self, match, give, unchanged, kind):
        with unchanged(match, InvalidCommand):
            give(match, "bob", kind)
        with unchanged(match, NotYourTurn):
            give(match, "bob", "move", move="pass")

    def test_a_player_who_is_out_has_no_part_in_a_draw(self, match, give):
        give(match, "ann", "offer_draw")
        give(match, "cat", "accept_draw")
        give(match, "dan", "accept_draw")
        assert match.result["reason"] == "agreement"
        assert match.result["by_player"] == {"ann": 0.5, "bob": 0, "cat": 0.5, "dan": 0.5}
        assert places(match) == [1, 4, 1, 1]


def test_a_player_out_during_a_grace_is_not_abandoned(four, give):
    match = four(LastOne())
    attendance.disconnect(match, "bob", NOW)
    give(match, "ann", "move", move="out 1")
    assert deadlines.expire(match, NOW + 30) == []
    assert match.status == "active"
    assert deadlines.next_deadline(match) is None


def test_an_absent_player_leaves_when_the_grace_ends(four):
    match = four()
    for login in ("bob", "cat"):
        attendance.disconnect(match, login, NOW)
    happened = deadlines.expire(match, NOW + 30)
    assert [each.data["reason"] for each in happened] == ["abandonment"] * 2
    assert list(match.left) == ["bob", "cat"]


def test_a_grace_begins_while_the_rules_are_away(four, give):
    match = four(LastOne())
    give(match, "ann", "move", move="out 1")
    rules, match.game = match.game, suspended(match.game, 10)
    attendance.disconnect(match, "bob", NOW)
    match.game = rules
    assert deadlines.expire(match, NOW + 30) == []
    assert match.status == "active"


def test_a_claim_is_that_somebody_leaves(four, give):
    match = four(leaving="claim")
    attendance.disconnect(match, "bob", NOW)
    assert snapshot(match, "ann", {None: 0}, NOW + 30)["claims"] == ["claim_victory"]
    give(match, "ann", "claim_victory", after=30)
    assert (match.status, list(match.left)) == ("active", ["bob"])


def test_no_move_is_taken_back_once_a_player_has_left(four, give, unchanged):
    match = four(LastOne())
    match.options["rated"] = False
    give(match, "ann", "move", move="pass")
    give(match, "ann", "offer_takeback")
    give(match, "dan", "resign")
    with unchanged(match, CannotTakeBack):
        give(match, "ann", "offer_takeback")


@pytest.mark.parametrize("clock", [
    {"initial": 60, "increment": 0}, {"initial": 60, "delay": 5},
    {"initial": 30, "period": 30, "periods": 1}, {"days": 1, "vacation": 0},
])
def test_a_fallen_flag_is_one_players_and_the_next_clock_runs(four, clock):
    match = four(clock=clock)
    assert match.clocks.running == ("ann",)
    [left] = deadlines.expire(match, NOW + 90_000)
    assert (left.data["login"], left.data["reason"]) == ("ann", "timeout")
    assert (match.clocks.running, match.to_move) == (("bob",), ["bob"])
    assert match.clocks.remaining(NOW + 90_000)["bob"] >= 60
    assert deadlines.next_deadline(match) > NOW + 90_000


def test_clocks_start_without_the_move_of_one_who_left(give):
    game, options = Pig(), {"clock": {"initial": 60, "increment": 0}, "goal": 30}
    state = game.setup(4, options, random.Random(1))
    match = Match.start("s1", game, Settings(), options, FOUR, False, state, NOW, "seed")
    give(match, "dan", "resign")
    for login in FOUR[:3]:
        give(match, login, "move", move="hold")
    assert match.clocks.running == ("ann",)


def test_no_takeback_brings_back_a_player_who_is_out(four, give, unchanged):
    match = four(LastOne())
    match.options["rated"] = False
    before = match.state
    give(match, "ann", "move", move="out 1")
    give(match, "ann", "offer_takeback")
    give(match, "cat", "accept_takeback")
    match.earlier = Earlier(match.position_version, before, [], [])
    with unchanged(match, CannotTakeBack):
        give(match, "dan", "accept_takeback")
