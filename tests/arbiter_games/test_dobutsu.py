"""The rules of Dobutsu shogi, each on a position made by hand."""

import random

import pytest

from arbiter_games.contract import IllegalMove, Outcome
from arbiter_games.dobutsu import CAPTURED, MAX_MOVES, STEPS, Dobutsu

GAME = Dobutsu()
FIRST, SECOND = 0, 1


def start():
    return GAME.setup(2, {}, random.Random(0))


def state_of(diagram, hands="", turn=FIRST):
    """Return the state of a board drawn from the fourth rank down, capitals for the first side."""
    ranks = [line.replace(" ", "") for line in diagram.strip().splitlines()]
    position = "".join(reversed(ranks)) + hands + str(turn)
    return {"position": position, "ply": 0, "last_move": None, "seen": {position: 1}}


def play(state, *moves):
    for move in moves:
        state = GAME.apply(state, turn_of(state), move)
    return state


def turn_of(state):
    return GAME.view(state, None)["turn"]


def moves_of(state):
    return GAME.legal_moves(state, turn_of(state))


def moves_from(square, state):
    return [move for move in moves_of(state) if move.startswith(square)]


def piece_on(square, state):
    return GAME.view(state, None)["board"].get(square)


def hands(state):
    return GAME.view(state, None)["hands"]


def refusal(state, move, player=None):
    with pytest.raises(IllegalMove) as caught:
        GAME.apply(state, turn_of(state) if player is None else player, move)
    return str(caught.value)


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


HOSTILE = [
    None,
    True,
    0,
    -1.5,
    float("nan"),
    [],
    ["b2b3"],
    [[[[]]]] * 100,
    {},
    {"type": "move", "move": "b2b3"},
    {"b2b3": None},
    "",
    " b2b3",
    "b2b3\n",
    "B2B3",
    "b2b3b4",
    "b2-b3",
    "b2b3++",
    "b2b2",
    "d2d3",
    "b0b1",
    "c@a3",
    "C@d1",
    "H@a3",
    "L@a3",
    "@",
    "+",
    "\u0661" * 4,
    "\ud800",
    "b2\udfff",
    "b2b3\x00",
    "b2b3" * 100_000,
    "\U0001f981",
]


class TestRefusals:
    @pytest.mark.parametrize("move", HOSTILE, ids=lambda move: ascii(move)[:20])
    def test_a_hostile_move_is_refused_in_a_printable_sentence(self, move):
        message = refusal(start(), move)
        assert message.endswith(".")
        assert len(message) < 120
        assert message.isascii() and message.isprintable()

    def test_a_nested_value_is_illegal(self):
        move = []
        for _ in range(100_000):
            move = [move]
        assert refusal(start(), move).startswith("an array is not a move")

    @pytest.mark.parametrize("player", [SECOND, 2, -1])
    def test_a_move_out_of_turn_is_refused_with_the_reason(self, player):
        assert refusal(start(), "b2b3", player) == "'b2b3' can't be played: it is not your turn."

    @pytest.mark.parametrize(
        ("move", "reason"),
        [
            ("a2a3", "no piece of yours stands on a2"),
            ("b3b2", "no piece of yours stands on b3"),
            ("b1b2", "a piece of yours stands on b2"),
            ("b1b1", "a piece of yours stands on b1"),
            ("c1c3", "the giraffe can't go from c1 to c3"),
            ("b2a3", "the chick can't go from b2 to a3"),
            ("C@a2", "you have no chick in hand"),
        ],
    )
    def test_the_reason_is_given(self, move, reason):
        assert refusal(start(), move) == f"{move!r} is not legal: {reason}."

    def test_a_refused_move_changes_nothing(self):
        state = start()
        refusal(state, "a1a2")
        assert state == start()
