"""The commands of players: what they do, and how they are refused."""

import pytest

from sessions import attendance
from sessions.commands import Command, decide
from sessions.exceptions import (
    CannotAbort,
    IllegalMove,
    InvalidCommand,
    NotYourTurn,
    SessionEnded,
    StaleVersion,
)
from tests.unit.sessions.conftest import CATCHING_THE_LION, NOW, score

SHUFFLE = ["c1c2", "a4a3", "c2c1", "a3a4"]  # which lead back to the same position


class TestMove:
    def test_a_move_changes_the_state_and_the_turn(self, match, give):
        [event] = give(match, "alice", "move", move="b2b3", after=1).events
        assert (event.version, event.type, event.at) == (1, "session.state_changed", NOW + 1)
        assert event.data == {
            "command": {"login": "alice", "type": "move", "move": "b2b3"},
            "state": match.game.for_history(match.state),
            "to_move": ["bob"], "clocks": None, "draw_offered_by": None,
        }
        assert (match.version, match.to_move, match.last_move_version) == (1, ["bob"], {"alice": 1})

    def test_a_last_move_gives_two_events(self, match, give, move):
        move(match, *CATCHING_THE_LION[:2])
        decision = give(match, "alice", "move", move=CATCHING_THE_LION[2], after=9)
        assert [(event.version, event.type) for event in decision.events] == [
            (3, "session.state_changed"), (4, "session.ended")
        ]
        assert decision.version == 3
        assert decision.events[0].data["to_move"] == []
        assert match.result == decision.events[1].data["result"] == {
            "winner": "alice", "reason": "lion_caught", "by_player": score(1, 0)
        }
        assert (match.status, match.ended_at, match.to_move) == ("ended", NOW + 9, [])

    def test_a_drawing_move_gives_half_a_point_to_each(self, match, move):
        move(match, *SHUFFLE, *SHUFFLE)
        assert match.result == {
            "winner": None, "reason": "repetition", "by_player": score(0.5, 0.5)
        }

    @pytest.mark.parametrize(
        "illegal",
        ["a1a1", "b2b4", "", "nonsense", "B2B3", "\ud800", "\0", 0, 1, 1.5, True, False,
         float("inf"), 10**300, [], ["b2b3"], {}, {"move": "b2b3"}, [[[]]], "b2b3" * 1000],
        ids=lambda value: str(value)[:12].encode("ascii", "replace").decode(),
    )
    def test_a_forbidden_move_is_illegal_whatever_its_type(self, match, give, unchanged, illegal):
        with unchanged(match, IllegalMove) as caught:
            give(match, "alice", "move", move=illegal)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 200

    def test_a_move_out_of_turn_is_told_whose_turn_it_is(self, match, give, unchanged):
        with unchanged(match, NotYourTurn) as caught:
            give(match, "bob", "move", move="b3b2")
        assert caught.value.details == {"to_move": ["alice"]}


class TestResign:
    @pytest.mark.parametrize(("login", "winner"), [("alice", "bob"), ("bob", "alice")])
    def test_resigning_loses_whoever_is_to_move(self, match, give, login, winner):
        decision = give(match, login, "resign")
        assert [event.type for event in decision.events] == ["session.ended"]
        assert decision.version == 1
        assert match.result == {
            "winner": winner, "reason": "resignation",
            "by_player": {login: 0, winner: 1},
        }


class TestInvalid:
    @pytest.mark.parametrize(
        "command",
        [
            {}, {"type": None}, {"type": 5}, {"type": ["move"]}, {"type": {}}, {"type": ""},
            {"type": "castle"}, {"type": "Move"}, {"type": "\ud800"}, {"type": True},
            {"type": "move"}, {"type": "move", "move": None}, {"move": "b2b3"},
            {"type": "move", "move": "b2b3", "more": 1}, {"type": "resign", "move": "b2b3"},
            {"type": "offer_draw", "\ud800": 1}, {"type": "x" * 10_000},
        ],
        ids=lambda command: ascii(command)[:40],
    )
    def test_an_unknown_form_is_refused(self, match, unchanged, command):
        with unchanged(match, InvalidCommand) as caught:
            decide(match, Command("alice", command), NOW)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 200

    def test_null_values_are_ignored(self, match, give):
        give(match, "alice", "resign", move=None)
        assert match.status == "ended"


class TestOrderOfRefusals:
    """Of two reasons for a refusal, the first in the protocol's order counts."""

    def test_an_ended_session_comes_before_everything(self, match, give, unchanged):
        give(match, "bob", "resign")
        for login, kind, rest in [
            ("alice", "castle", {}), ("alice", "resign", {"version": 99}),
            ("bob", "move", {"move": "nonsense"}), ("alice", "accept_draw", {}),
        ]:
            with unchanged(match, SessionEnded):
                give(match, login, kind, **rest)

    def test_an_invalid_command_comes_before_a_stale_version(self, match, give, unchanged):
        for kind, rest in [("castle", {}), ("move", {}), ("resign", {"more": 1})]:
            with unchanged(match, InvalidCommand):
                give(match, "bob", kind, version=99, **rest)

    def test_a_stale_version_comes_before_the_turn(self, match, give, unchanged):
        with unchanged(match, StaleVersion):
            give(match, "bob", "move", version=99, move="nonsense")

    @pytest.mark.parametrize(
        "kind", ["accept_draw", "decline_draw", "claim_draw", "claim_victory", "resign", "abort"]
    )
    def test_a_stale_version_comes_before_the_types_own_refusals(
        self, match, give, unchanged, kind
    ):
        with unchanged(match, StaleVersion):
            give(match, "alice", kind, version=99)

    def test_the_turn_comes_before_the_move(self, match, give, unchanged):
        with unchanged(match, NotYourTurn):
            give(match, "bob", "move", version=0, move="nonsense")


class TestStaleVersion:
    def test_a_command_without_a_version_is_never_stale(self, match, give, move):
        move(match, *SHUFFLE)
        give(match, "alice", "move", move="b2b3")

    def test_the_version_before_the_last_move_is_stale(self, match, give, move, unchanged):
        move(match, "b2b3", "a4a3")
        with unchanged(match, StaleVersion) as caught:
            give(match, "alice", "resign", version=1)
        assert caught.value.details == {"version": 2}
        give(match, "alice", "resign", version=2)

    def test_version_0_is_current_before_the_first_move(self, match, give):
        give(match, "alice", "move", version=0, move="b2b3")

    @pytest.mark.parametrize("ahead", [1, 1000, 10**300])
    def test_a_version_not_yet_reached_is_stale(self, match, give, move, unchanged, ahead):
        move(match, "b2b3")
        with unchanged(match, StaleVersion):
            give(match, "bob", "resign", version=1 + ahead)

    def test_connections_and_offers_make_nothing_stale(self, match, give, move):
        move(match, "b2b3")
        attendance.connect(match, "alice", NOW)
        attendance.disconnect(match, "alice", NOW)
        give(match, "alice", "offer_draw")
        assert match.version == 4
        give(match, "bob", "move", version=1, move="a4a3")

    @pytest.mark.parametrize("version", [1, 2, 3])
    def test_every_version_since_the_last_move_is_current(self, match, give, move, version):
        move(match, "b2b3")
        attendance.connect(match, "alice", NOW)
        attendance.connect(match, "bob", NOW)
        give(match, "bob", "move", version=version, move="a4a3")

    def test_the_second_of_two_commands_on_one_version_is_stale(self, match, give, unchanged):
        give(match, "alice", "move", version=0, move="b2b3")
        with unchanged(match, StaleVersion):
            give(match, "bob", "offer_draw", version=0)

    def test_only_an_own_move_makes_it_stale_if_all_may_move(self, high_card, give, unchanged):
        [alice, bob] = [
            high_card.game.legal_moves(high_card.state, seat) for seat in (0, 1)
        ]
        give(high_card, "alice", "move", version=0, move=alice[0])
        give(high_card, "bob", "move", version=0, move=bob[0])
        with unchanged(high_card, StaleVersion):
            give(high_card, "alice", "move", version=0, move=alice[1])
        give(high_card, "alice", "move", version=1, move=alice[1])


class TestAbort:
    @pytest.mark.parametrize("moves", [[], ["b2b3"]])
    @pytest.mark.parametrize("login", ["alice", "bob"])
    def test_before_both_have_moved_an_abort_has_no_score(self, match, give, move, moves, login):
        move(match, *moves)
        give(match, login, "abort")
        assert match.result == {"winner": None, "reason": "aborted", "by_player": {}}

    def test_after_both_have_moved_an_abort_is_refused(self, match, give, move, unchanged):
        move(match, "b2b3", "a4a3")
        with unchanged(match, CannotAbort):
            give(match, "alice", "abort")
