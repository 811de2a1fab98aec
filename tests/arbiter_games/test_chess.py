"""Chess: moves, ends, claims and PGN, compared with a board of the library that has all moves."""

import io
import json
import random
from dataclasses import replace

import chess
import chess.pgn
import pytest

from arbiter_games import chess as module
from arbiter_games.chess import Chess
from arbiter_games.contract import Outcome, Record
from tests.arbiter_games.playing import at_random, begin, play, refusal

GAME = Chess()
KNIGHTS_OUT_AND_BACK = "g1f3 g8f6 f3g1 f6g8"
KIWIPETE = "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1"
EN_PASSANT = "8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1"
PROMOTIONS = "n1n5/PPPk4/8/8/8/8/4Kppp/5N1N b - - 0 1"


def at(fen):
    return module._state(chess.Board(fen), fen, [], 0)


def count(state, depth):
    """Return the number of move sequences of this length."""
    moves = [move for seat in GAME.to_move(state) for move in GAME.legal_moves(state, seat)]
    if depth == 1:
        return len(moves)
    return sum(count(GAME.apply(state, state["turn"], move), depth - 1) for move in moves)


def test_the_first_position():
    assert GAME.view(begin(GAME), None) == {
        "fen": chess.STARTING_FEN, "turn": 0, "ply": 0, "last_move": None, "check": False
    }
    assert len(GAME.legal_moves(begin(GAME), 0)) == 20
    assert GAME.legal_moves(begin(GAME), 1) == []


def test_a_view_is_the_position_whoever_looks():
    state = play(GAME, "e2e4 e7e5 d1h5 b8c6 h5f7")
    assert GAME.view(state, 0) == GAME.view(state, 1) == GAME.reveal(state) == {
        "fen": "r1bqkbnr/pppp1Qpp/2n5/4p3/4P3/8/PPPP1PPP/RNB1KBNR b KQkq - 0 3",
        "turn": 1, "ply": 5, "last_move": "h5f7", "check": True,
    }


@pytest.mark.parametrize(
    ("fen", "depth", "expected"),
    [
        (chess.STARTING_FEN, 3, 8_902),
        (KIWIPETE, 2, 2_039),
        (EN_PASSANT, 3, 2_812),
        (PROMOTIONS, 2, 496),
    ],
)
def test_the_number_of_positions_is_the_known_one(fen, depth, expected):
    assert count(at(fen), depth) == expected


def test_castling_is_written_by_the_kings_move():
    state = at("r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1")
    assert {"e1g1", "e1c1"} <= set(GAME.legal_moves(state, 0))
    assert GAME.apply(state, 0, "e1g1")["fen"].startswith("r3k2r/8/8/8/8/8/8/R4RK1 b")
    assert refusal(GAME, state, 0, "e1h1")


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (play(GAME, "f2f3 e7e5 g2g4 d8h4"), Outcome(1, "checkmate")),
        (play(GAME, "h5f7", at("7k/8/8/7Q/8/8/8/K7 w - - 0 1")), Outcome(None, "stalemate")),
        (
            play(GAME, "a1a2", at("7k/8/8/8/8/8/p7/K7 w - - 0 1")),
            Outcome(None, "insufficient_material"),
        ),
        (
            play(GAME, "a1b1", at("7k/8/8/8/8/8/8/R6K w - - 149 90")),
            Outcome(None, "seventyfive_moves"),
        ),
        (play(GAME, " ".join([KNIGHTS_OUT_AND_BACK] * 4)), Outcome(None, "fivefold_repetition")),
        (play(GAME, "h7h8", at("k7/7Q/1K6/8/8/8/8/8 w - - 149 90")), Outcome(0, "checkmate")),
    ],
)
def test_a_game_ends_with_its_outcome(state, outcome):
    assert GAME.outcome(state) == outcome
    assert GAME.to_move(state) == []
    assert GAME.legal_moves(state, 0) == GAME.legal_moves(state, 1) == []
    assert GAME.claims(state, 0) == GAME.claims(state, 1) == []
    assert refusal(GAME, state, state["turn"], "e2e4") == (
        "'e2e4' comes too late: the game is over."
    )


class TestClaims:
    def test_a_repetition_is_claimed_by_the_side_to_move(self):
        state = play(GAME, f"{KNIGHTS_OUT_AND_BACK} {KNIGHTS_OUT_AND_BACK}")
        assert GAME.claims(state, 0) == ["threefold_repetition"]
        assert GAME.claims(state, 1) == []
        assert GAME.to_move(state) == [0]

    def test_a_claim_is_about_the_present_position(self):
        thrice = play(GAME, f"{KNIGHTS_OUT_AND_BACK} {KNIGHTS_OUT_AND_BACK}")
        assert GAME.claims(play(GAME, f"{KNIGHTS_OUT_AND_BACK} g1f3 g8f6 f3g1"), 1) == []
        assert GAME.claims(play(GAME, "e2e4", thrice), 1) == []

    def test_castling_rights_make_another_position(self):
        kings = "e1e2 e8e7 e2e1 e7e8"
        opened = play(GAME, "e2e4 e7e5")
        assert GAME.claims(play(GAME, f"{kings} {kings}", opened), 0) == []
        again = play(GAME, f"{kings} {kings} {kings}", opened)
        assert GAME.claims(again, 0) == ["threefold_repetition"]

    def test_an_en_passant_right_makes_another_position(self):
        state = play(GAME, "e2e4 a7a6 e4e5 d7d5")
        twice_more = play(GAME, f"{KNIGHTS_OUT_AND_BACK} {KNIGHTS_OUT_AND_BACK}", state)
        assert GAME.claims(twice_more, 0) == []
        assert GAME.claims(play(GAME, KNIGHTS_OUT_AND_BACK, twice_more), 0)

    def test_fifty_moves(self):
        state = at("7k/8/8/8/8/8/8/R6K w - - 99 80")
        assert GAME.claims(state, 0) == []
        assert GAME.claims(play(GAME, "a1b1", state), 1) == ["fifty_moves"]

    def test_both_claims_can_be_open(self):
        state = at("r6k/8/8/8/8/8/8/R6K w - - 95 80")
        state = play(GAME, "a1b1 a8b8 b1a1 b8a8 a1b1 a8b8 b1a1 b8a8", state)
        assert GAME.claims(state, 0) == ["threefold_repetition", "fifty_moves"]


def back_and_forth(game, state, rng):
    """Choose often to undo the last move but one, so that positions repeat."""
    moves, last = game.legal_moves(state, state["turn"]), state["moves"].split()[-2:-1]
    undone = last[0][2:4] + last[0][:2] if last else None
    return undone if undone in moves and rng.random() < 0.8 else rng.choice(moves)


@pytest.mark.parametrize("choose", [None, back_and_forth])
@pytest.mark.parametrize("seed", range(4))
def test_a_state_agrees_with_a_board_of_the_whole_game(choose, seed):
    board = chess.Board()
    for state in at_random(GAME, seed, choose):
        if state["last_move"]:
            board.push_uci(state["last_move"])
        assert state["fen"] == board.fen()
        assert state["check"] == board.is_check()
        assert GAME.legal_moves(state, state["turn"]) == (
            [] if board.outcome() else [move.uci() for move in board.legal_moves]
        )
        if board.outcome():
            assert state["over"][1] == board.outcome().termination.name.lower()
        else:
            assert ("threefold_repetition" in state["claims"]) == board.is_repetition(3)
            assert ("fifty_moves" in state["claims"]) == board.is_fifty_moves()


def test_a_state_stays_small():
    sizes = [len(json.dumps(state)) for state in at_random(GAME, 5)]
    assert max(sizes) < 1_200


@pytest.mark.parametrize(
    ("fen", "white", "black"),
    [
        (chess.STARTING_FEN, True, True),
        ("7k/8/8/8/8/8/8/R6K w - - 0 1", True, False),
        ("7k/8/8/8/8/8/p7/K7 w - - 0 1", False, True),
        ("7k/8/8/8/8/8/8/BN5K w - - 0 1", True, False),
    ],
)
def test_a_lone_king_can_not_win(fen, white, black):
    assert [GAME.can_win(at(fen), seat) for seat in (0, 1)] == [white, black]


@pytest.mark.parametrize(
    ("fen", "move", "sentence"),
    [
        (chess.STARTING_FEN, 7, "a number is not a move: write one as e2e4 or e7e8q."),
        (chess.STARTING_FEN, "Nf3", "'Nf3' is not a move: write one as e2e4 or e7e8q."),
        (chess.STARTING_FEN, "0000", "'0000' is not a move: write one as e2e4 or e7e8q."),
        (chess.STARTING_FEN, "e7e5", "'e7e5' is not legal: no piece of yours stands on e7."),
        (chess.STARTING_FEN, "e2e2",
         "'e2e2' is not legal: a piece on e2 has to go to another square."),
        (chess.STARTING_FEN, "e5e5q",
         "'e5e5q' is not legal: a piece on e5 has to go to another square."),
        (chess.STARTING_FEN, "a1a2", "'a1a2' is not legal: a piece of yours stands on a2."),
        (chess.STARTING_FEN, "a1a4", "'a1a4' is not legal: the rook can't go from a1 to a4."),
        (chess.STARTING_FEN, "e2e5q", "'e2e5q' is not legal: the pawn can't go from e2 to e5."),
        (chess.STARTING_FEN, "e2e4q",
         "'e2e4q' is not legal: only a pawn on the last rank changes, so write e2e4."),
        (chess.STARTING_FEN, "b1c3q",
         "'b1c3q' is not legal: only a pawn on the last rank changes, so write b1c3."),
        (
            "4k3/8/8/8/4r3/8/4R3/4K3 w - - 0 1", "e2d2",
            "'e2d2' is not legal: it would leave your king in check.",
        ),
        (
            "7k/P7/8/8/8/8/8/K7 w - - 0 1", "a7a8",
            "'a7a8' is not legal: a pawn on the last rank becomes another piece, so write a7a8q.",
        ),
    ],
)
def test_a_refusal_says_why(fen, move, sentence):
    assert refusal(GAME, at(fen), 0, move) == sentence


def test_a_move_out_of_turn_is_refused_with_the_reason():
    assert refusal(GAME, begin(GAME), 1, "e7e5") == (
        "'e7e5' can't be played: it is not your turn."
    )


def record(moves, winner, reason, clock=None, rated=True, scores=(1, 0)):
    by_player = dict(zip(("ada", "ben"), scores, strict=True)) if scores else {}
    return Record(
        title="Chess", site="Arbiter", date="2026-01-31", players=["ada", "ben"],
        options={"clock": clock, "rated": rated}, setup=begin(GAME),
        moves=[(ply % 2, move) for ply, move in enumerate(moves.split())],
        result={"winner": winner, "reason": reason, "by_player": by_player},
    )


class TestPgn:
    def test_the_clock_stands_after_each_move(self):
        made = replace(record("f2f3 e7e5", "ada", "resignation"), clocks=(299.5, 3661))
        assert "1. f3 { [%clk 0:04:59.5] } 1... e5 { [%clk 1:01:01] }" in GAME.export(made)[1]

    def test_the_pgn_is_as_other_programs_write_it(self):
        form, text = GAME.export(
            record("f2f3 e7e5 g2g4 d8h4", "ben", "checkmate", {"initial": 300, "increment": 2.5},
                   scores=(0, 1))
        )
        assert form == "pgn"
        assert text == (
            '[Event "Rated game"]\n[Site "Arbiter"]\n[Date "2026.01.31"]\n[Round "-"]\n'
            '[White "ada"]\n[Black "ben"]\n[Result "0-1"]\n[TimeControl "300+2.5"]\n'
            '[Termination "normal"]\n\n1. f3 e5 2. g4 Qh4# 0-1\n'
        )
        game = chess.pgn.read_game(io.StringIO(text))
        assert not game.errors
        assert [move.uci() for move in game.mainline_moves()] == ["f2f3", "e7e5", "g2g4", "d8h4"]

    @pytest.mark.parametrize(
        ("winner", "reason", "scores", "result", "termination"),
        [
            ("ada", "timeout", (1, 0), "1-0", "time forfeit"),
            ("ben", "abandonment", (0, 1), "0-1", "abandoned"),
            ("ben", "resignation", (0, 1), "0-1", "normal"),
            (None, "agreement", (0.5, 0.5), "1/2-1/2", "normal"),
            (None, "aborted", None, "*", "unterminated"),
        ],
    )
    def test_the_headers_say_how_it_ended(self, winner, reason, scores, result, termination):
        _, text = GAME.export(record("e2e4", winner, reason, rated=False, scores=scores))
        headers = chess.pgn.read_headers(io.StringIO(text))
        assert (headers["Result"], headers["Termination"]) == (result, termination)
        assert (headers["Event"], headers["TimeControl"]) == ("Casual game", "-")
        assert text.endswith(f"1. e4 {result}\n")

    @pytest.mark.parametrize(("clock", "tag"), [
        ({"days": 3}, "1/259200"), ({"initial": 60, "period": 10.5}, "60:1/10.5"),
        ({"initial": 300, "delay": 5}, "300d5"), ({"initial": 300, "bronstein": 2}, "300d2"),
    ])
    def test_each_kind_of_clock_has_a_tag(self, clock, tag):
        _, text = GAME.export(record("e2e4", "ada", "resignation", clock))
        assert chess.pgn.read_headers(io.StringIO(text))["TimeControl"] == tag

    def test_a_game_without_a_move(self):
        _, text = GAME.export(record("", None, "aborted", scores=None))
        assert text.endswith("\n\n*\n")

    def test_a_long_game_is_read_back(self):
        rng = random.Random(3)
        board = chess.Board()
        while len(board.move_stack) < 300 and not board.is_game_over():
            board.push(rng.choice(list(board.legal_moves)))
        moves = " ".join(move.uci() for move in board.move_stack)
        _, text = GAME.export(record(moves, None, "agreement", scores=(0.5, 0.5)))
        read = chess.pgn.read_game(io.StringIO(text))
        assert read.end().board().fen() == board.fen()
        assert max(map(len, text.splitlines())) <= 80
