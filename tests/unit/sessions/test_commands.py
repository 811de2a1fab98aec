"""The commands of players: what they do, and how they are refused."""

import copy
import random
from contextlib import contextmanager

import pytest

from arbiter_games.dobutsu import Dobutsu
from extensions.settings import Settings
from sessions.commands import MAX_EVENTS_BETWEEN_MOVES, Command, decide, expire_clock
from sessions.exceptions import (
    CannotAbort,
    CannotClaim,
    IllegalMove,
    InvalidCommand,
    NoDrawOffered,
    NotYourTurn,
    SessionEnded,
    StaleVersion,
)
from sessions.match import Match
from tests.unit.sessions.conftest import CATCHING_THE_LION, NOW

SHUFFLE = ["c1c2", "a4a3", "c2c1", "a3a4"]  # which lead back to the same position


def score(alice, bob):
    return {"alice": alice, "bob": bob}


@pytest.fixture
def unchanged():
    """Return a context in which a command must be refused and leave the match as it was."""

    @contextmanager
    def unchanged(match, error):
        before = copy.deepcopy(match)
        with pytest.raises(error) as caught:
            yield caught
        assert caught.type is error
        before.game = match.game
        assert match == before

    return unchanged


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
        match.connect("alice", NOW)
        match.disconnect("alice", NOW)
        give(match, "alice", "offer_draw")
        assert match.version == 4
        give(match, "bob", "move", version=1, move="a4a3")

    @pytest.mark.parametrize("version", [1, 2, 3])
    def test_every_version_since_the_last_move_is_current(self, match, give, move, version):
        move(match, "b2b3")
        match.connect("alice", NOW)
        match.connect("bob", NOW)
        give(match, "bob", "move", version=version, move="a4a3")

    def test_of_two_commands_on_one_version_the_second_is_stale(self, match, give, unchanged):
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


class TestDraws:
    def test_an_offer_stands_and_is_answered_with_its_version(self, match, give):
        decision = give(match, "alice", "offer_draw")
        [event] = decision.events
        assert (event.type, event.data) == ("session.draw_offered", {"login": "alice"})
        assert decision.version == event.version == 1
        assert match.draw_offered_by == "alice"

    def test_a_second_offer_is_answered_as_the_first(self, match, give):
        give(match, "alice", "offer_draw")
        match.connect("bob", NOW)
        decision = give(match, "alice", "offer_draw")
        assert (decision.events, decision.version, match.version) == ([], 1, 2)

    @pytest.mark.parametrize("kind", ["accept_draw", "offer_draw"])
    def test_accepting_or_offering_as_well_is_an_agreement(self, match, give, kind):
        give(match, "alice", "offer_draw")
        decision = give(match, "bob", kind)
        assert [event.type for event in decision.events] == ["session.ended"]
        assert decision.version == 2
        assert match.result == {
            "winner": None, "reason": "agreement", "by_player": score(0.5, 0.5)
        }
        assert match.draw_offered_by is None

    def test_a_declined_offer_can_be_made_again(self, match, give):
        give(match, "alice", "offer_draw")
        decision = give(match, "bob", "decline_draw")
        assert [(event.type, event.data) for event in decision.events] == [
            ("session.draw_declined", {"login": "bob"})
        ]
        assert match.draw_offered_by is None
        assert give(match, "alice", "offer_draw").version == 3

    def test_offers_between_two_moves_are_limited(self, match, give, move, unchanged):
        move(match, "b2b3")
        for _ in range(MAX_EVENTS_BETWEEN_MOVES // 2):
            give(match, "alice", "offer_draw")
            give(match, "bob", "decline_draw")
        with unchanged(match, InvalidCommand):
            give(match, "alice", "offer_draw")
        move(match, "a4a3")
        give(match, "alice", "offer_draw")

    @pytest.mark.parametrize("kind", ["accept_draw", "decline_draw"])
    def test_an_own_offer_can_not_be_accepted_or_declined(self, match, give, unchanged, kind):
        with unchanged(match, NoDrawOffered):
            give(match, "alice", kind)
        give(match, "alice", "offer_draw")
        with unchanged(match, NoDrawOffered):
            give(match, "alice", kind)

    def test_an_offer_lapses_with_the_opponents_move_only(self, match, give, move):
        give(match, "alice", "offer_draw")
        move(match, "b2b3")
        assert match.draw_offered_by == "alice"
        [event] = give(match, "bob", "move", move="a4a3").events
        assert match.draw_offered_by is None
        assert event.data["draw_offered_by"] is None

    def test_a_move_shows_the_offer_that_still_stands(self, match, give):
        give(match, "alice", "offer_draw")
        [event] = give(match, "alice", "move", move="b2b3").events
        assert event.data["draw_offered_by"] == "alice"


class TestThreePlayers:
    """In a session of three, an agreement or a claim of two is not at the cost of the third."""

    @pytest.fixture
    def three(self):
        """Return a match of Ann, Bob and Cat, who have all moved, with claims."""
        game, names = Dobutsu(), ["ann", "bob", "cat"]
        state = game.setup(3, {}, random.Random(1))
        settings = Settings(leaving="claim")
        three = Match.start("s1", game, settings, {"clock": None}, names, False, state, NOW)
        three.last_move_version = dict.fromkeys(names, 0)
        return three

    @pytest.mark.parametrize("kind", ["accept_draw", "offer_draw"])
    def test_a_draw_is_agreed_once_all_have_agreed(self, three, give, kind):
        give(three, "bob", "offer_draw")
        decision = give(three, "cat", kind)
        assert [(event.type, event.data) for event in decision.events] == [
            ("session.draw_offered", {"login": "cat"})
        ]
        assert (three.status, three.draw_offered_by, decision.version) == ("active", "bob", 2)
        give(three, "ann", "accept_draw")
        assert three.result == {
            "winner": None, "reason": "agreement",
            "by_player": {"ann": 0.5, "bob": 0.5, "cat": 0.5},
        }

    def test_agreeing_twice_changes_nothing(self, three, give):
        give(three, "bob", "offer_draw")
        give(three, "cat", "accept_draw")
        three.connect("ann", NOW)
        for login, version in (("cat", 2), ("bob", 1)):
            decision = give(three, login, "offer_draw")
            assert (decision.events, decision.version, three.version) == ([], version, 3)

    def test_one_player_declines_for_all(self, three, give, unchanged):
        give(three, "bob", "offer_draw")
        give(three, "cat", "accept_draw")
        give(three, "ann", "decline_draw")
        with unchanged(three, NoDrawOffered):
            give(three, "ann", "accept_draw")

    def test_any_move_ends_the_offer_and_all_agreements(self, three, give, move):
        give(three, "ann", "offer_draw")
        give(three, "cat", "accept_draw")
        move(three, "b2b3")
        assert three.draw_offered_by is None

    def test_a_claim_costs_only_the_absent_player(self, three, give):
        three.disconnect("bob", NOW)
        give(three, "cat", "claim_victory", after=30)
        assert three.result == {
            "winner": None, "reason": "abandonment",
            "by_player": {"ann": 0.5, "bob": 0, "cat": 0.5},
        }


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


class TestClaims:
    @pytest.fixture
    def absent_bob(self, begin, move):
        """Return a match in which both have moved, and Bob's grace ends after 30 seconds."""
        match = begin(leaving="claim")
        move(match, "b2b3", "a4a3")
        match.disconnect("bob", NOW)
        return match

    @pytest.mark.parametrize(
        ("kind", "winner", "by_player"),
        [("claim_victory", "alice", score(1, 0)), ("claim_draw", None, score(0.5, 0.5))],
    )
    def test_the_opponent_of_an_absent_player_may_claim(
        self, absent_bob, give, kind, winner, by_player
    ):
        assert absent_bob.claims("alice", NOW + 30) == ["claim_victory", "claim_draw"]
        give(absent_bob, "alice", kind, after=30)
        assert absent_bob.result == {
            "winner": winner, "reason": "abandonment", "by_player": by_player
        }

    @pytest.mark.parametrize("kind", ["claim_victory", "claim_draw"])
    @pytest.mark.parametrize(("login", "after"), [("alice", 29.9), ("bob", 30)])
    def test_no_claim_before_the_grace_ends_or_by_the_absent(
        self, absent_bob, give, unchanged, kind, login, after
    ):
        assert absent_bob.claims(login, NOW + after) == []
        with unchanged(absent_bob, CannotClaim):
            give(absent_bob, login, kind, after=after)

    def test_a_player_who_is_back_leaves_nothing_to_claim(self, absent_bob, give, unchanged):
        absent_bob.connect("bob", NOW + 60)
        with unchanged(absent_bob, CannotClaim):
            give(absent_bob, "alice", "claim_victory", after=61)

    @pytest.mark.parametrize("kind", ["claim_victory", "claim_draw"])
    def test_without_claims_there_is_nothing_to_claim(self, match, give, move, unchanged, kind):
        move(match, "b2b3", "a4a3")
        match.disconnect("bob", NOW)
        assert match.claims("alice", NOW + 60) == []
        with unchanged(match, CannotClaim):
            give(match, "alice", kind, after=60)

    def test_a_draw_by_the_rules_is_for_the_player_to_move(
        self, match, give, unchanged, monkeypatch
    ):
        monkeypatch.setattr(match.game, "claims", lambda state, seat: ["threefold_repetition"])
        assert match.claims("alice", NOW) == ["claim_draw"]
        assert match.claims("bob", NOW) == match.claims(None, NOW) == []
        with unchanged(match, CannotClaim):
            give(match, "bob", "claim_draw")
        give(match, "alice", "claim_draw")
        assert match.result == {
            "winner": None, "reason": "threefold_repetition", "by_player": score(0.5, 0.5)
        }

    def test_an_ended_session_has_nothing_to_claim(self, absent_bob, give):
        give(absent_bob, "alice", "resign")
        assert absent_bob.claims("alice", NOW + 60) == []


class TestFlags:
    """A command after the player's own flag has fallen is too late, whatever its type."""

    @pytest.fixture
    def clocked(self, begin, move):
        """Return a match in which both have moved, and Alice has a minute left."""
        match = begin(clock={"initial": 60, "increment": 0})
        move(match, "b2b3", "a4a3")
        return match

    @staticmethod
    def fallen(match, login, after, **timing):
        now = NOW + after
        command = Command.timed(match, now, login, {"type": "resign"}, **timing)
        return expire_clock(match, command, now)

    def test_a_command_after_the_own_flag_ends_the_session(self, clocked):
        [event] = self.fallen(clocked, "alice", 60)
        assert event.data["result"] == {
            "winner": "bob", "reason": "timeout", "by_player": score(0, 1)
        }
        assert clocked.status == "ended"

    def test_a_command_before_the_flag_falls_ends_nothing(self, clocked, match):
        assert self.fallen(clocked, "alice", 59.9) == []
        assert self.fallen(match, "alice", 1000) == []

    def test_a_command_does_not_judge_the_opponents_flag(self, clocked):
        assert self.fallen(clocked, "bob", 60.1) == []

    def test_time_under_way_is_given_back_first(self, clocked):
        assert self.fallen(clocked, "alice", 60.2, arrived=NOW + 59.9) == []
        assert self.fallen(clocked, "alice", 60.2, round_trip=0.3) == []
        assert self.fallen(clocked, "alice", 60.2, arrived=NOW + 60.1) != []

    @pytest.mark.parametrize("ticks", [[], [60.0, 60.25, 60.41], [60.2, 60.45]])
    def test_the_timer_does_not_overrule_excused_lag(self, clocked, ticks):
        assert not any(clocked.expire(NOW + tick) for tick in ticks)
        move = {"type": "move", "move": "c1c2"}
        now = NOW + 60.45
        command = Command.timed(clocked, now, "alice", move, arrived=now, round_trip=0.5)
        assert expire_clock(clocked, command, now) == []
        [event] = decide(clocked, command, now).events
        assert event.data["clocks"]["alice"] == pytest.approx(0.05)

    def test_a_late_command_loses_though_the_timer_waits(self, clocked):
        assert clocked.expire(NOW + 60.2) == []
        assert self.fallen(clocked, "alice", 60.2, arrived=NOW + 60.2) != []

    def test_a_move_in_time_counts_though_decided_late(self, clocked):
        move, now = {"type": "move", "move": "c1c2"}, NOW + 60.2
        command = Command.timed(clocked, now, "alice", move, arrived=NOW + 59.5)
        [event] = decide(clocked, command, now).events
        assert event.data["clocks"]["alice"] == pytest.approx(0.5)
