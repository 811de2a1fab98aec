"""Dobutsu shogi compared with Fairy-Stockfish (pyffish), in each position of random games.

Two rules differ. Fairy-Stockfish draws at the fourth occurrence of a position; a variant that is
defined for it draws at the third. And it plays on where a lion on its last rank could be captured
and was not: here the lion's owner has won, and there is nothing left to compare.
"""

import random
import re
from collections import Counter

import pytest

from arbiter_games.contract import Outcome
from arbiter_games.dobutsu import Dobutsu

pyffish = pytest.importorskip("pyffish", reason="pyffish is built for x86_64 only")
from tests.arbiter_games.threefold import NAME as VARIANT  # noqa: E402

START = pyffish.start_fen(VARIANT)
LETTERS = {"chick": "C", "hen": "+C", "giraffe": "G", "elephant": "E", "lion": "L"}
LION = {"w": "L", "b": "l"}
LAST_RANK = {"w": 0, "b": 3}
MAX_PLIES = 150


def picture(view):
    """Return the ranks from the fourth down, the pieces in hand, and the side to move."""
    ranks = ["".join(on_square(view, file + rank) for file in "abc") for rank in "4321"]
    in_hand = [letter(piece, side) for side in (0, 1) for piece in view["hands"][side]]
    return ranks, sorted(in_hand), "wb"[view["turn"]]


def on_square(view, square):
    piece = view["board"].get(square)
    return letter(piece["piece"], piece["side"]) if piece else "."


def letter(piece, side):
    return LETTERS[piece].lower() if side else LETTERS[piece]


def oracle_picture(path):
    """Return the same for the position that Fairy-Stockfish reaches by these moves."""
    fen = pyffish.get_fen(VARIANT, START, path)
    board, in_hand, turn = re.fullmatch(r"(\S+)\[(\w*)\] ([wb]) .*", fen).groups()
    ranks = re.sub("[123]", lambda empty: "." * int(empty[0]), board).split("/")
    return ranks, sorted(in_hand), turn


def oracle_outcome(path, picture, moves):
    """Return the outcome of Fairy-Stockfish, whose values are for the side to move."""
    ranks, _, turn = picture
    ended, value = pyffish.is_immediate_game_end(VARIANT, START, path)
    if ended:
        both_lions = {"L", "l"} <= set("".join(ranks))
        return Outcome(winner(turn, value), "try" if both_lions else "lion_caught")
    ended, value = pyffish.is_optional_game_end(VARIANT, START, path)
    if ended:
        return Outcome(winner(turn, value), "repetition")
    if not moves:
        return Outcome(winner(turn, pyffish.game_result(VARIANT, START, path)), "no_moves")
    return None


def winner(turn, value):
    side = "wb".index(turn)
    return None if value == 0 else side if value > 0 else 1 - side


def lion_was_left(picture):
    """Return whether the side to move has a lion on its last rank, and the other lion is there."""
    ranks, _, turn = picture
    both_lions = {"L", "l"} <= set("".join(ranks))
    return both_lions and LION[turn] in ranks[LAST_RANK[turn]]


def compare(game, state, path):
    """Assert that the game and Fairy-Stockfish agree on this position."""
    expected = oracle_picture(path)
    side = "wb".index(expected[2])
    assert picture(game.view(state, None)) == expected
    if lion_was_left(expected):
        assert game.outcome(state) == Outcome(side, "try")
        return
    moves = pyffish.legal_moves(VARIANT, START, path)
    outcome = oracle_outcome(path, expected, moves)
    assert game.outcome(state) == outcome
    assert sorted(game.legal_moves(state, side)) == sorted([] if outcome else moves)


def play_beside_oracle(game, choose, seed):
    """Play one game, compare each of its positions, and return the moves and the outcome."""
    rng = random.Random(seed)
    state, path = game.setup(2, {}, rng), []
    compare(game, state, path)
    while game.to_move(state) and len(path) < MAX_PLIES:
        (player,) = game.to_move(state)
        path.append(choose(game, state, player, path, rng))
        state = game.apply(state, player, path[-1])
        compare(game, state, path)
    return path, game.outcome(state)


def any_move(game, state, player, path, rng):
    return rng.choice(game.legal_moves(state, player))


def peacefully(game, state, player, path, rng):
    """Choose a move that does not end the game: games grow long, and hands full."""
    moves = game.legal_moves(state, player)
    rng.shuffle(moves)
    return next((m for m in moves if not game.outcome(game.apply(state, player, m))), moves[0])


def lion_first(game, state, player, path, rng):
    """Choose a move of the lion, mostly forward: it comes to its last rank under attack."""
    board = game.view(state, None)["board"]
    lion = next(s for s, p in board.items() if p == {"piece": "lion", "side": player})
    moves = game.legal_moves(state, player)
    forward = [m for m in moves if m[:2] == lion and (m[3] > m[1]) == (player == 0)]
    return rng.choice(forward if forward and rng.random() < 0.8 else moves)


def back_and_forth(game, state, player, path, rng):
    """Choose to undo the player's last move, so that positions repeat."""
    moves = game.legal_moves(state, player)
    undo = path[-2][2:4] + path[-2][:2] if len(path) > 1 else None
    return (
        undo if undo in moves and rng.random() < 0.9 else any_move(game, state, player, path, rng)
    )


@pytest.mark.parametrize(
    ("choose", "games", "ends"),
    [
        (any_move, 20, {"lion_caught", "try"}),
        (peacefully, 8, {"lion_caught", "try"}),
        (lion_first, 60, {"lion_caught", "try", "lion left"}),
        (back_and_forth, 20, {"repetition"}),
    ],
)
def test_every_position_agrees_with_the_oracle(choose, games, ends):
    seen = Counter()
    for seed in range(games):
        path, outcome = play_beside_oracle(Dobutsu(), choose, seed)
        seen["positions"] += 1 + len(path)
        seen[outcome and outcome.reason] += 1
        seen["lion left"] += lion_was_left(oracle_picture(path))
    assert seen["positions"] > 200
    assert ends <= set(+seen)


def test_a_lion_left_on_its_last_rank_has_won_only_here():
    game, path = Dobutsu(), ["b1c2", "a4a3", "c2c3", "a3a4", "c3c4", "a4a3"]
    state = game.setup(2, {}, random.Random(0))
    for move in path:
        state = game.apply(state, *game.to_move(state), move)
    assert game.outcome(state) == Outcome(0, "try")
    moves = pyffish.legal_moves(VARIANT, START, path)
    assert moves and oracle_outcome(path, oracle_picture(path), moves) is None


def test_the_oracle_too_lets_a_player_without_a_legal_move_lose():
    """Compare this position alone, since no game leads to it."""
    fen = "GEl/LGE/CC1/3[-] w 0 1"
    assert pyffish.legal_moves(VARIANT, fen, []) == []
    assert winner("w", pyffish.game_result(VARIANT, fen, [])) == 1


class WithoutDrops(Dobutsu):
    def legal_moves(self, state, player):
        return [move for move in super().legal_moves(state, player) if "@" not in move]


class WithoutRepetition(Dobutsu):
    def outcome(self, state):
        return super().outcome({**state, "seen": {state["position"]: 1}})


class WithoutTry(Dobutsu):
    def outcome(self, state):
        outcome = super().outcome(state)
        return None if outcome and outcome.reason == "try" else outcome


class WithHensInHand(Dobutsu):
    def view(self, state, player):
        view = super().view(state, player)
        hands = [["hen" if piece == "chick" else piece for piece in hand] for hand in view["hands"]]
        return {**view, "hands": hands}


@pytest.mark.parametrize(
    ("broken", "choose"),
    [
        (WithoutDrops, any_move),
        (WithoutRepetition, back_and_forth),
        (WithoutTry, lion_first),
        (WithHensInHand, any_move),
    ],
)
def test_the_comparison_notices_a_broken_rule(broken, choose):
    with pytest.raises(AssertionError):
        for seed in range(10):
            play_beside_oracle(broken(), choose, seed)
