"""The moves of Dobutsu shogi, each on a position made by hand."""

import pytest

from tests.arbiter_games.dobutsu_positions import (
    FIRST,
    GAME,
    SECOND,
    hands,
    moves_from,
    moves_of,
    piece_on,
    play,
    refusal,
    start,
    state_of,
)


class TestSetUp:
    def test_the_view_of_the_first_state(self):
        assert GAME.view(start(), FIRST) == {
            "board": {
                "a1": {"piece": "elephant", "side": 0},
                "b1": {"piece": "lion", "side": 0},
                "c1": {"piece": "giraffe", "side": 0},
                "b2": {"piece": "chick", "side": 0},
                "b3": {"piece": "chick", "side": 1},
                "a4": {"piece": "giraffe", "side": 1},
                "b4": {"piece": "lion", "side": 1},
                "c4": {"piece": "elephant", "side": 1},
            },
            "hands": [[], []],
            "turn": 0,
            "ply": 0,
            "last_move": None,
        }

    def test_players_and_spectators_see_the_same(self):
        views = [GAME.view(start(), viewer) for viewer in (FIRST, SECOND, None)]
        assert views[0] == views[1] == views[2]

    def test_the_first_player_moves_first(self):
        assert GAME.to_move(start()) == [FIRST]
        assert GAME.outcome(start()) is None

    def test_the_first_moves_in_their_order(self):
        assert GAME.legal_moves(start(), FIRST) == ["b1a2", "b1c2", "c1c2", "b2b3"]

    def test_a_player_who_is_not_to_move_has_no_moves(self):
        assert GAME.legal_moves(start(), SECOND) == []

    def test_a_move_shows_in_the_view(self):
        view = GAME.view(play(start(), "b2b3"), None)
        assert (view["turn"], view["ply"], view["last_move"]) == (1, 1, "b2b3")
        assert view["board"]["b3"] == {"piece": "chick", "side": 0}
        assert "b2" not in view["board"]
        assert view["hands"] == [["chick"], []]


class TestSteps:
    def on_b3(self, piece, turn=FIRST):
        return state_of(f". . l\n . {piece} .\n . . .\n L . .", turn=turn)

    def test_a_lion_steps_one_square_any_way(self):
        state = state_of(". . l\n . . .\n . L .\n . . .")
        targets = ["a1", "b1", "c1", "a2", "c2", "a3", "b3", "c3"]
        assert moves_from("b2", state) == ["b2" + target for target in targets]

    def test_a_giraffe_steps_straight(self):
        assert moves_from("b3", self.on_b3("G")) == ["b3b2", "b3a3", "b3c3", "b3b4"]

    def test_an_elephant_steps_diagonally(self):
        assert moves_from("b3", self.on_b3("E")) == ["b3a2", "b3c2", "b3a4", "b3c4"]

    def test_a_hen_steps_any_way_but_diagonally_backward(self):
        moves = ["b3b2", "b3a3", "b3c3", "b3a4", "b3b4", "b3c4"]
        assert moves_from("b3", self.on_b3("H")) == moves

    def test_the_second_hen_faces_the_other_way(self):
        moves = ["b3a2", "b3b2", "b3c2", "b3a3", "b3c3", "b3b4"]
        assert moves_from("b3", self.on_b3("h", SECOND)) == moves

    def test_chicks_step_forward_each_its_own_way(self):
        state = state_of(". . l\n . c .\n C . .\n . L .")
        assert moves_from("a2", state) == ["a2a3"]
        assert moves_from("b3", play(state, "a2a3")) == ["b3b2"]

    def test_no_piece_steps_on_one_of_its_own(self):
        state = state_of(". . l\n . . .\n . C .\n . G L")
        assert moves_from("b1", state) == ["b1a1"]

    def test_no_piece_steps_around_the_edge(self):
        state = state_of("l . .\n . . .\n . . G\n . L .")
        assert moves_from("c2", state) == ["c2c1", "c2b2", "c2c3"]


class TestPromotion:
    BOARD = ". . l\n C . .\n . . .\n . L ."

    def test_a_chick_becomes_a_hen_on_the_last_rank(self):
        state = state_of(self.BOARD)
        assert moves_from("a3", state) == ["a3a4+"]
        assert piece_on("a4", play(state, "a3a4+")) == {"piece": "hen", "side": 0}

    def test_the_second_chick_becomes_a_hen_on_the_first_rank(self):
        state = state_of(". . l\n . . .\n c . .\n . L .", turn=SECOND)
        assert piece_on("a1", play(state, "a2a1+")) == {"piece": "hen", "side": 1}

    def test_promotion_can_not_be_declined(self):
        assert "write a3a4+" in refusal(state_of(self.BOARD), "a3a4")

    def test_nothing_else_promotes(self):
        state = state_of(". . l\n G C .\n C . .\n . L .")
        assert "write a3a4" in refusal(state, "a3a4+")
        assert "a piece of yours stands on a3" in refusal(state, "a2a3+")
        state = state_of(". . l\n . . .\n C . .\n . L .")
        assert "write a2a3" in refusal(state, "a2a3+")

    def test_a_chick_takes_and_promotes_at_once(self):
        state = play(state_of("g . l\n C . .\n . . .\n . L ."), "a3a4+")
        assert piece_on("a4", state) == {"piece": "hen", "side": 0}
        assert hands(state) == [["giraffe"], []]


class TestHands:
    def test_a_taken_hen_goes_to_the_hand_as_a_chick(self):
        state = play(state_of(". . l\n . h .\n . G .\n . L ."), "b2b3")
        assert hands(state) == [["chick"], []]
        assert "C@a1" in moves_of(play(state, "c4c3"))

    def test_a_hen_dropped_again_is_a_chick(self):
        state = play(state_of(". . l\n . h .\n . G .\n . L ."), "b2b3", "c4c3", "C@a2")
        assert piece_on("a2", state) == {"piece": "chick", "side": 0}
        assert hands(state) == [[], []]

    def test_the_second_player_drops_the_same_way(self):
        state = play(state_of("l . .\n . . .\n . . .\n . . L", "ge", SECOND), "E@b3")
        assert piece_on("b3", state) == {"piece": "elephant", "side": 1}
        assert hands(state) == [[], ["giraffe"]]

    def test_hands_are_in_the_order_chick_giraffe_elephant(self):
        state = state_of(". . l\n e . .\n L g c\n . . .", "Cge")
        assert hands(state) == [["chick"], ["giraffe", "elephant"]]
        state = play(state, "a2a3", "c4c3", "a3b2")
        assert hands(state) == [["chick", "giraffe", "elephant"], ["giraffe", "elephant"]]

    def test_one_of_two_equal_pieces_is_dropped(self):
        state = play(state_of(". . l\n . . .\n . . .\n L . .", "CCG"), "C@b1")
        assert hands(state) == [["chick", "giraffe"], []]

    def test_equal_pieces_in_hand_are_one_move_for_each_square(self):
        moves = moves_of(state_of(". . l\n . . .\n . . .\n L . .", "CC"))
        assert len(moves) == len(set(moves)) == 3 + 10

    def test_drops_come_last_by_piece_and_square(self):
        drops = [m for m in moves_of(state_of("g e l\n c e c\n g . .\n L . .", "CGE")) if "@" in m]
        squares = ["b1", "c1", "b2", "c2"]
        assert drops == [f"{piece}@{square}" for piece in "CGE" for square in squares]

    def test_a_chick_dropped_on_the_last_rank_stays_a_chick_for_ever(self):
        state = state_of(". . l\n . . .\n . . .\n . L .", "C")
        state = play(state, "C@a4", "c4c3")
        assert piece_on("a4", state) == {"piece": "chick", "side": 0}
        assert moves_from("a4", state) == []

    def test_a_dropped_chick_may_check_or_share_a_file(self):
        state = state_of(". l .\n . . .\n . C .\n . L .", "C")
        assert "C@b3" in moves_of(state)

    @pytest.mark.parametrize("square", ["b1", "c4"])
    def test_no_drop_on_an_occupied_square(self, square):
        state = state_of(". . l\n . . .\n . . .\n . L .", "C")
        assert f"{square} is not empty" in refusal(state, f"C@{square}")

    def test_no_drop_of_what_the_other_has_in_hand(self):
        state = state_of(". . l\n . . .\n . . .\n . L .", "Cg")
        assert "you have no giraffe in hand" in refusal(state, "G@a1")
