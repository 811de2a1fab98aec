"""How a game of Dobutsu shogi ends, each on a position made by hand."""

import pytest

from arbiter_games.contract import Outcome
from arbiter_games.dobutsu import CAPTURED, MAX_MOVES, STEPS
from tests.arbiter_games.dobutsu_positions import (
    FIRST,
    GAME,
    SECOND,
    hands,
    moves_of,
    play,
    refusal,
    start,
    state_of,
    turn_of,
)


class TestLionCaught:
    STATE = state_of(". l .\n . G .\n . . .\n . L .")

    def test_capturing_the_lion_wins(self):
        state = play(self.STATE, "b3b4")
        assert GAME.outcome(state) == Outcome(FIRST, "lion_caught")
        assert GAME.to_move(state) == []
        assert GAME.legal_moves(state, SECOND) == []

    def test_the_lion_goes_to_the_hand_and_the_turn_passes(self):
        view = GAME.view(play(self.STATE, "b3b4"), None)
        assert view["hands"] == [["lion"], []]
        assert view["turn"] == SECOND

    def test_the_second_player_wins_the_same_way(self):
        state = play(state_of(". l .\n . . .\n . g .\n . L .", turn=SECOND), "b2b1")
        assert GAME.outcome(state) == Outcome(SECOND, "lion_caught")
        assert hands(state) == [[], ["lion"]]

    def test_a_lion_takes_a_lion(self):
        state = play(state_of(". . .\n . l .\n . L .\n . . ."), "b2b3")
        assert GAME.outcome(state) == Outcome(FIRST, "lion_caught")

    def test_a_lion_may_go_where_it_can_be_taken(self):
        state = play(state_of(". l .\n . . .\n . L .\n . . ."), "b2b3")
        assert GAME.outcome(state) is None
        assert "b4b3" in moves_of(state)

    def test_a_lion_may_be_left_where_it_can_be_taken(self):
        state = state_of(". l .\n . . .\n C g .\n . L .")
        assert GAME.outcome(play(state, "a2a3")) is None
        assert GAME.outcome(play(state, "a2a3", "b2b1")) == Outcome(SECOND, "lion_caught")

    def test_nothing_is_played_after_the_end(self):
        assert "the game is over" in refusal(play(self.STATE, "b3b4"), "a1a2")


class TestTry:
    def test_a_lion_safe_on_the_last_rank_has_won(self):
        state = play(state_of(". . .\n L . .\n . . l\n . . ."), "a3a4")
        assert GAME.outcome(state) == Outcome(FIRST, "try")
        assert GAME.to_move(state) == []
        assert moves_of(state) == []

    def test_the_second_lion_safe_on_the_first_rank_has_won(self):
        state = play(state_of(". . .\n . . L\n l . .\n . . .", turn=SECOND), "a2a1")
        assert GAME.outcome(state) == Outcome(SECOND, "try")

    def test_the_first_rank_is_no_goal_for_the_first_player(self):
        state = play(state_of(". . l\n . . .\n . L .\n . . ."), "b2b1")
        assert GAME.outcome(state) is None

    def test_a_try_into_attack_wins_nothing_yet(self):
        state = play(state_of(". . g\n . L .\n l . .\n . . ."), "b3b4")
        assert GAME.outcome(state) is None
        assert GAME.to_move(state) == [SECOND]

    def test_a_try_that_is_taken_has_failed(self):
        state = play(state_of(". . g\n . L .\n l . .\n . . ."), "b3b4", "c4b4")
        assert GAME.outcome(state) == Outcome(SECOND, "lion_caught")

    def test_a_try_that_could_be_taken_and_is_not_has_won(self):
        state = play(state_of(". . g\n . L .\n l . .\n . . ."), "b3b4", "a2b2")
        assert GAME.outcome(state) == Outcome(FIRST, "try")
        assert turn_of(state) == FIRST
        assert GAME.to_move(state) == []

    def test_moving_the_attacker_away_does_not_undo_a_try(self):
        state = play(state_of(". . g\n . L .\n l . .\n . . ."), "b3b4", "c4c3")
        assert GAME.outcome(state) == Outcome(FIRST, "try")

    def test_the_first_of_two_lions_to_arrive_wins(self):
        state = play(state_of(". . g\n . L .\n l . .\n . . ."), "b3b4", "a2a1")
        assert GAME.outcome(state) == Outcome(FIRST, "try")

    def test_capturing_a_lion_counts_before_a_try(self):
        state = state_of("l . .\n L . .\n . . .\n . . .")
        assert GAME.outcome(play(state, "a3a4")) == Outcome(FIRST, "lion_caught")

    def test_a_lion_next_to_the_other_lion_can_be_taken(self):
        state = play(state_of(". . .\n L l .\n . . .\n . . ."), "a3a4")
        assert GAME.outcome(state) is None
        assert "b3a4" in moves_of(state)

    @pytest.mark.parametrize(
        ("piece", "taken"), [("g", False), ("e", True), ("c", False), ("h", False), ("l", True)]
    )
    def test_only_some_pieces_capture_diagonally_backward(self, piece, taken):
        other = "l" if piece != "l" else "."
        state = play(state_of(f". . .\n L {piece} .\n . . {other}\n . . ."), "a3a4")
        assert (GAME.outcome(state) is None) is taken

    def test_a_piece_in_hand_takes_nothing(self):
        state = play(state_of(". . .\n L . .\n . . l\n . . .", "ceg"), "a3a4")
        assert GAME.outcome(state) == Outcome(FIRST, "try")


class TestRepetition:
    BACK_AND_FORTH = ("c1c2", "a4a3", "c2c1", "a3a4")

    def test_the_third_occurrence_of_a_position_is_a_draw(self):
        state = play(start(), *self.BACK_AND_FORTH * 2)
        assert GAME.outcome(state) == Outcome(None, "repetition")
        assert GAME.to_move(state) == []
        assert "the game is over" in refusal(state, "b2b3")

    def test_the_second_occurrence_is_no_draw(self):
        assert GAME.outcome(play(start(), *self.BACK_AND_FORTH)) is None
        assert GAME.outcome(play(start(), *(self.BACK_AND_FORTH * 2)[:-1])) is None

    def test_occurrences_need_not_be_consecutive(self):
        detour = ("b1a2", "a4a3", "a2b1", "a3a4")
        state = play(start(), *self.BACK_AND_FORTH, *detour)
        assert GAME.outcome(state) == Outcome(None, "repetition")

    def test_the_side_to_move_makes_another_position(self):
        before = state_of("l . .\n . . .\n . . .\n . . L")
        after = play(before, "c1b1", "a4a3", "b1b2", "a3a4", "b2c1")
        assert GAME.view(after, None)["board"] == GAME.view(before, None)["board"]
        assert set(after["seen"].values()) == {1}

    def test_other_hands_make_another_position(self):
        before = state_of("l . .\n . . .\n . . .\n . . L", "C")
        after = play(before, "C@b3", "a4b3", "c1c2", "b3a3", "c2c1", "a3a4")
        assert GAME.view(after, None)["board"] == GAME.view(before, None)["board"]
        assert turn_of(after) == turn_of(before)
        assert hands(after) == [[], ["chick"]]
        assert set(after["seen"].values()) == {1}


class TestNoMoves:
    def test_a_player_without_a_legal_move_loses(self):
        state = state_of("G E l\n L G E\n C C .\n . . .")
        assert GAME.outcome(state) == Outcome(SECOND, "no_moves")
        assert GAME.to_move(state) == []
        assert GAME.legal_moves(state, FIRST) == []

    def test_the_second_player_loses_the_same_way(self):
        state = state_of(". . .\n . c c\n e g l\n L e g", turn=SECOND)
        assert GAME.outcome(state) == Outcome(FIRST, "no_moves")

    def test_a_piece_in_hand_is_a_move(self):
        state = state_of("G E l\n L G E\n . C .\n . . .", "C")
        assert GAME.outcome(state) is None
        assert "C@a2" in moves_of(state)

    def test_a_game_never_leads_to_it(self):
        """Before a lion is walled in, one of the players has won by a try.

        It may be the lion's owner. Otherwise the owner has seven pieces on the board, and the
        other player has only a lion. That has just moved to its last rank, where nothing can
        capture it, or has left that rank, where nothing had captured it.
        """
        walls = [wall for lion in range(12) for wall in walls_around({lion: "L"})]
        elsewhere = [wall for wall in walls if "L" not in [wall.get(goal) for goal in (9, 10, 11)]]
        assert (len(walls), len(elsewhere)) == (40, 2)
        for wall in elsewhere:
            assert len(wall) == 7
            free = set(range(3, 12)) - set(wall)
            assert not any(target in free for source in free for target, _ in STEPS["l"][source])


class TestMoveLimit:
    LAST = {**state_of("l . .\n . . .\n . G .\n . . L"), "ply": MAX_MOVES - 1}

    def test_the_last_move_of_a_long_game_makes_a_draw(self):
        assert GAME.outcome(self.LAST) is None
        state = play(self.LAST, "b2b3")
        assert GAME.outcome(state) == Outcome(None, "move_limit")
        assert GAME.to_move(state) == []
        assert "the game is over" in refusal(state, "a4a3")

    def test_a_lion_caught_by_the_last_move_wins(self):
        state = {**state_of("l . .\n G . .\n . . .\n . . L"), "ply": MAX_MOVES - 1}
        assert GAME.outcome(play(state, "a3a4")) == Outcome(FIRST, "lion_caught")


def walls_around(wall):
    """Yield each completion of a wall of one side's pieces in which none of them can move.

    A side has at most seven pieces, since the eighth is the other side's lion.
    """
    squares = {target for source, piece in wall.items() for target, _ in STEPS[piece][source]}
    gaps = sorted(squares - set(wall))
    if not gaps:
        yield wall
    elif len(wall) + len(gaps) <= 7:
        for piece in "CHGE":
            if [CAPTURED[other] for other in wall.values()].count(CAPTURED[piece]) < 2:
                yield from walls_around({**wall, gaps[0]: piece})
