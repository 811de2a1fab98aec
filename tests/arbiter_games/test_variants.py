"""The variants of pyffish: which are offered, how they end, and which moves a state keeps."""

import random
import re
from collections import Counter
from itertools import pairwise

import pytest

from arbiter_games.contract import Outcome
from tests.arbiter_games.playing import at_random, begin, play, refusal

pyffish = pytest.importorskip("pyffish", reason="pyffish is built for x86_64 only")
from arbiter_games import variants as module  # noqa: E402
from arbiter_games.fairy_positions import FairyPosition  # noqa: E402
from arbiter_games.plugins import load_games  # noqa: E402
from arbiter_games.variant_shuffles import SHUFFLES, shuffled  # noqa: E402
from arbiter_games.variants import Variant, variants  # noqa: E402
from tests.arbiter_games.threefold import BROUGHT  # noqa: E402

NAMES = [variant.name for variant in variants()]
OUT_AND_BACK = "g1f3 g8f6 f3g1 f6g8 "


def at(name, fen, ply=0):
    game = Variant(name)
    return game._state(game._position(game._position(fen).fen_after([])), fen, [], ply)


class TestOffer:
    def test_well_known_variants_have_titles(self):
        titles = {variant.name: variant.title for variant in variants()}
        assert len(titles) > 100
        assert titles["shogi"] == "Shogi"
        assert titles["xiangqi"] == "Xiangqi"
        assert titles["crazyhouse"] == "Crazyhouse"
        assert titles["fischerandom"] == "Chess960"
        assert len(set(titles.values())) == len(titles)
        assert all(title[0].isupper() or title[0].isdigit() for title in titles.values())

    def test_every_variant_for_two_is_offered_once(self):
        offered = [variant.name for variant in variants()]
        assert len(set(offered)) == len(offered)
        assert BROUGHT - set(offered) == {
            "chess", "dobutsu", *filter(pyffish.two_boards, BROUGHT)
        }
        assert not {"bughouse", "koedem", "supply"} & set(offered)

    def test_games_of_other_modules_are_left_out(self):
        games = load_games()
        assert set(NAMES) < set(games)
        assert not isinstance(games["chess"], Variant)
        assert not isinstance(games["dobutsu"], Variant)


@pytest.mark.parametrize("name", NAMES)
def test_every_variant_can_be_played(name):
    """Make some moves, and check the form of views, moves and outcomes."""
    game, plies = Variant(name), 0
    for plies, state in zip(range(2), at_random(game, seed=1), strict=False):
        view = game.view(state, None)
        assert set(view) == {"fen", "turn", "ply", "last_move", "check"}
        assert (view["ply"], view["turn"]) == (plies, plies % 2)
        assert game.outcome(state) is None
        assert game.can_win(state, 0) and game.can_win(state, 1)
        moves = game.legal_moves(state, view["turn"])
        assert moves and len(set(moves)) == len(moves)
        assert refusal(game, state, view["turn"], "a1a1a1").startswith("'a1a1a1' is not legal here")
    assert plies == 1


def test_shogi_drops_what_it_has_taken():
    state = play(Variant("shogi"), "c3c4 g7g6 b2h8+ g9h8")
    assert state["fen"].split()[0] == (
        "lnsgkg1nl/1r5s1/pppppp1pp/6p2/9/2P6/PP1PPPPPP/7R1/LNSGKGSNL[Bb]"
    )
    assert "B@e5" in Variant("shogi").legal_moves(state, 0)


@pytest.mark.parametrize(
    ("name", "state", "outcome"),
    [
        ("crazyhouse", "f2f3 e7e5 g2g4 d8h4", Outcome(1, "checkmate")),
        ("misere", "f2f3 e7e5 g2g4 d8h4", Outcome(0, "checkmate")),
        ("kingofthehill", "e2e4 e7e5 e1e2 a7a6 e2e3 a6a5 e3d3 a5a4 d3c4 a4a3 c4d5",
         Outcome(0, "variant_end")),
        ("atomic", OUT_AND_BACK * 2, Outcome(None, "repetition")),
        ("atomic", OUT_AND_BACK, None),
    ],
)
def test_games_end_with_their_outcomes(name, state, outcome):
    game = Variant(name)
    assert game.outcome(play(game, state)) == outcome


@pytest.mark.parametrize(
    ("name", "fen", "move", "outcome"),
    [
        ("nocastle", "7k/8/8/7Q/8/8/8/K7 w - - 0 1", "h5f7", Outcome(None, "stalemate")),
        ("antichess", "8/8/8/p7/8/P7/8/7n b - - 0 1", "a5a4", Outcome(0, "no_moves")),
        ("nocastle", "7k/8/8/8/8/8/p7/K7 w - - 0 1", "a1a2",
         Outcome(None, "insufficient_material")),
        ("nocastle", "7k/8/8/8/8/8/8/R6K w - - 99 90", "a1b1", Outcome(None, "move_rule")),
        ("armageddon", "7k/8/8/8/8/8/8/R6K w - - 99 90", "a1b1", Outcome(1, "move_rule")),
        ("3check", "4k3/8/8/8/8/8/8/R3K3 w - - 1+3 0 1", "a1a8", Outcome(0, "variant_end")),
        ("amazons", "10/10/10/10/10/10/10/****6/q***6/Q**7 b - - 0 1", None,
         Outcome(0, "no_moves")),
    ],
)
def test_positions_end_with_their_outcomes(name, fen, move, outcome):
    game = Variant(name)
    state = at(name, fen)
    if move:
        state = game.apply(state, state["turn"], move)
    assert game.outcome(state) == outcome
    assert game.to_move(state) == game.legal_moves(state, 0) == game.legal_moves(state, 1) == []
    assert refusal(game, state, 0, "a1a2") == "'a1a2' comes too late: the game is over."


def test_a_game_without_an_end_is_drawn():
    game = Variant("shogi")
    state = at("shogi", pyffish.start_fen("shogi"), ply=module.MAX_MOVES - 1)
    assert game.outcome(state) is None
    assert game.outcome(play(game, "c3c4", state)) == Outcome(None, "move_limit")


def test_perpetual_check_loses_in_xiangqi():
    game = Variant("xiangqi")
    state = at("xiangqi", "4k4/9/9/9/9/9/9/9/3R5/3K5 w - - 0 1")
    state = play(game, "d2e2 e10f10 e2f2 f10e10 f2e2 e10f10 e2f2 f10e10", state)
    assert game.outcome(state) is None
    assert game.outcome(play(game, "f2e2", state)) == Outcome(1, "repetition")


def test_a_side_without_pieces_can_not_win():
    state = at("nocastle", "7k/8/8/8/8/8/8/R6K w - - 0 1")
    assert [Variant("nocastle").can_win(state, seat) for seat in (0, 1)] == [True, False]
    state = at("armageddon", "7k/8/8/8/8/8/8/R6K w - - 0 1")
    assert Variant("armageddon").can_win(state, 1)


def test_a_move_out_of_turn_is_refused_with_the_reason():
    game = Variant("shogi")
    assert refusal(game, begin(game), 1, "c7c6") == "'c7c6' can't be played: it is not your turn."
    assert refusal(game, begin(game), 0, {}).startswith("an object is not legal here: write a move")


class TestShuffled:
    @pytest.mark.parametrize("name", ["fischerandom", "caparandom"])
    def test_every_game_begins_with_another_rank(self, name):
        game = Variant(name)
        ranks = [begin(game, seed)["fen"].split()[0].split("/") for seed in range(30)]
        assert len({rank[-1] for rank in ranks}) > 20
        for rank in ranks:
            assert rank[0] == rank[-1].lower()
            assert re.fullmatch("[^K]*R[^R]*K[^R]*R.*", rank[-1])
            bishops = [file for file, piece in enumerate(rank[-1]) if piece == "B"]
            assert sum(bishops) % 2 == 1
            assert Counter(rank[-1]) == Counter(
                pyffish.start_fen(name).split()[0].split("/")[-1]
            )

    def test_the_same_seed_gives_the_same_rank(self):
        game = Variant("fischerandom")
        assert begin(game, 7) == begin(game, 7)

    def test_all_960_positions_are_found(self):
        rng = random.Random(1)
        fen = pyffish.start_fen("fischerandom")
        found = {shuffled(fen, SHUFFLES["fischerandom"], rng) for _ in range(12_000)}
        assert len(found) == 960

    def test_castling_is_the_kings_move_onto_its_own_rook(self):
        state = at("fischerandom", "4k3/8/8/8/8/8/8/1R2K1R1 w GB - 0 1")
        game = Variant("fischerandom")
        assert {"e1g1", "e1b1"} <= set(game.legal_moves(state, 0))
        assert play(game, "e1b1", state)["fen"].startswith("4k3/8/8/8/8/8/8/2KR2R1 b")


def back_and_forth(game, state, rng):
    """Choose often to undo the last move but one, so that positions repeat."""
    moves, last = game.legal_moves(state, state["turn"]), state["moves"].split()[-2:-1]
    undone = last[0][2:4] + last[0][:2] if last else None
    return undone if undone in moves and rng.random() < 0.5 else rng.choice(moves)


def drops_moves(name, seed):
    """Compare each state with the library's, given all moves; return if a state dropped any."""
    game, made, kept = Variant(name), [], [0]
    start = pyffish.start_fen(name)
    for _, state in zip(range(45), at_random(game, seed, back_and_forth), strict=False):
        made += [state["last_move"]] if state["last_move"] else []
        kept.append(len(state["moves"].split()))
        assert state["fen"] == pyffish.get_fen(name, start, made)
        assert state["check"] == pyffish.gives_check(name, start, made)
        ends = [
            pyffish.is_immediate_game_end(name, start, made)[0],
            pyffish.is_optional_game_end(name, start, made)[0],
        ]
        if not any(ends):
            legal = pyffish.legal_moves(name, start, made)
            assert sorted(game.legal_moves(state, state["turn"])) == sorted(legal) or state["over"]
        over = state["over"] and state["over"][1]
        assert any(ends) == (over in ("variant_end", "repetition", "move_rule"))
    return any(fewer < more for more, fewer in pairwise(kept))


@pytest.mark.parametrize(("name", "move", "questions"), [
    ("xiangqi", "a4a5", ["get_fen", "legal_moves", "gives_check"]),
    ("crazyhouse", "e2e4", []),
])
def test_a_quiet_move_asks_the_library_little(monkeypatch, name, move, questions):
    game, asked, ask = Variant(name), [], FairyPosition._ask
    state = begin(game)
    game.legal_moves(state, 0)

    def noted(position, question, *rest):
        asked.append(question.__name__)
        return ask(position, question, *rest)

    monkeypatch.setattr(FairyPosition, "_ask", noted)
    after = play(game, [move], state)
    game.legal_moves(after, 1)
    assert asked == questions


@pytest.mark.parametrize(("name", "seed"), [("gardner", 1), ("gardner", 5), ("losalamos", 6)])
def test_insufficient_material_ends_a_game_at_once(name, seed):
    """No position before the last one has insufficient material by the library."""
    game = Variant(name)
    *before, end = at_random(game, seed)
    assert game.outcome(end) == Outcome(None, "insufficient_material")
    assert not any(all(game._position(state["fen"]).hopeless) for state in before)


@pytest.mark.parametrize(
    ("name", "seed"), [("kingofthehill", 5), ("xiangqi", 5), ("janggi", 3), ("makruk", 5)]
)
def test_dropping_moves_at_a_capture_changes_nothing(name, seed):
    assert drops_moves(name, seed)


def test_all_moves_are_kept_where_captures_return():
    assert not drops_moves("shogi", 5)
