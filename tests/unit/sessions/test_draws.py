"""Draws: offered, accepted, declined, claimed; among three players too."""

import random

import pytest

from arbiter_games.dobutsu import Dobutsu
from extensions.settings import Settings
from sessions import attendance
from sessions.draws import MAX_EVENTS_BETWEEN_MOVES
from sessions.exceptions import InvalidCommand, NoDrawOffered
from sessions.match import Match
from tests.unit.sessions.conftest import NOW, score


class TestDraws:
    def test_an_offer_stands_and_is_answered_with_its_version(self, match, give):
        decision = give(match, "alice", "offer_draw")
        [event] = decision.events
        assert (event.type, event.data) == ("session.draw_offered", {"login": "alice"})
        assert decision.version == event.version == 1
        assert match.draw_offered_by == "alice"

    def test_a_second_offer_is_answered_as_the_first(self, match, give):
        give(match, "alice", "offer_draw")
        attendance.connect(match, "bob", NOW)
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
            "places": {"ann": 1, "bob": 1, "cat": 1},
        }

    def test_agreeing_twice_changes_nothing(self, three, give):
        give(three, "bob", "offer_draw")
        give(three, "cat", "accept_draw")
        attendance.connect(three, "ann", NOW)
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
