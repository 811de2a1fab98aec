"""An exported game can be replayed from its text alone."""

import io
import re
from itertools import cycle, islice

import chess
import chess.pgn
import pytest

from arbiter_games.battleship import Battleship
from arbiter_games.contract import Record
from arbiter_games.dobutsu import Dobutsu
from arbiter_games.pgn import BOARDS, MAX_MOVES
from arbiter_games.plugins import load_games
from tests.arbiter_games.playing import at_random

GAMES = load_games()
PGN = ["chess", *sorted(GAMES.keys() & BOARDS.keys())]
FENS = sorted(name for name in GAMES.keys() - {*PGN} if name not in ("dobutsu", "battleship"))
SEED = 3
OPTIONS = {"clock": {"initial": 300, "increment": 2.5}, "rated": False}


def record(game, states, moves, options=OPTIONS):
    over = game.outcome(states[-1])
    points = {"ada": 0.5, "ben": 0.5}
    if over and over.winner is not None:
        points = {"ada": 1 - over.winner, "ben": over.winner}
    winner = next((login for login, score in points.items() if score == 1), None)
    return Record(
        title=game.title, site="Arbiter", date="2026-01-31", players=["ada", "ben"],
        options=options, setup=states[0], moves=moves,
        result={"winner": winner, "reason": over.reason if over else "agreement",
                "by_player": points},
    )


def played(name, plies):
    """Return the first and the last state of a random game, and its export."""
    game = GAMES[name]
    states = list(islice(at_random(game, SEED), plies + 1))
    moves = [(before["turn"], after["last_move"])
             for before, after in zip(states, states[1:], strict=False)]
    return states[0], states[-1], game.export(record(game, states, moves))


def read(text):
    """Return the headers of an exported text, and its moves with their seats."""
    head, _, body = text.partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines())
    lines = [re.fullmatch(r"(\d+)\. (\w+): (.+)", line).groups() for line in body.splitlines()]
    assert [int(number) for number, _, _ in lines] == list(range(1, len(lines) + 1))
    seats = {headers["Player 1"]: 0, headers["Player 2"]: 1}
    return headers, [(seats[login], move) for _, login, move in lines]


@pytest.mark.parametrize("name", PGN)
def test_another_program_replays_the_pgn_to_the_same_end(name):
    _, end, (form, text) = played(name, 60)
    assert form == "pgn"
    game = chess.pgn.read_game(io.StringIO(text))
    board = game.end().board()
    assert not game.errors
    assert board.ply() - game.board().ply() == end["ply"]
    assert board.fen().split()[:2] == end["fen"].split()[:2]
    assert {move.uci() for move in board.legal_moves} >= {
        *GAMES[name].legal_moves(end, end["turn"])
    }


@pytest.mark.parametrize(("number", "form"), [(MAX_MOVES, "pgn"), (MAX_MOVES + 1, "text")])
def test_very_long_chess_is_exported_as_text(number, form):
    """In PGN, others would wait for it for too long."""
    game, knights = GAMES["chess"], cycle(["g1f3", "g8f6", "f3g1", "f6g8"])
    start = game.setup(2, {}, None)
    moves = [(ply % 2, next(knights)) for ply in range(number)]
    exported, text = game.export(record(game, [start], moves))
    assert exported == form
    if form == "text":
        headers, replayed = read(text)
        assert headers["Setup"] == start["fen"] and replayed == moves


@pytest.mark.parametrize(
    ("name", "variant", "has_fen"),
    [
        ("chess", None, False), ("fischerandom", "Chess960", True),
        ("crazyhouse", "Crazyhouse", True), ("3check", "Three-check", True),
        ("nocastle", None, True), ("racingkings", "Racing Kings", True),
    ],
)
def test_an_unusual_first_position_is_in_the_headers(name, variant, has_fen):
    started, _, (_, text) = played(name, 2)
    headers = chess.pgn.read_headers(io.StringIO(text))
    assert headers.get("Variant") == variant
    assert ("FEN" in headers) == has_fen
    if has_fen:
        assert headers["SetUp"] == "1"
        assert headers["FEN"].split()[0] == started["fen"].split()[0]


@pytest.mark.parametrize("name", FENS)
def test_the_library_replays_the_text_to_the_same_end(name):
    pyffish = pytest.importorskip("pyffish")
    _, end, (form, text) = played(name, 12)
    assert form == "text"
    headers, moves = read(text)
    made = pyffish.get_fen(name, headers["Setup"], [move for _, move in moves], "random" in name)
    assert made == end["fen"]


def test_the_text_of_a_dobutsu_game_leads_to_its_end():
    game = Dobutsu()
    states = list(at_random(game, SEED))
    moves = [(ply % 2, state["last_move"]) for ply, state in enumerate(states[1:])]
    headers, read_moves = read(game.export(record(game, states, moves))[1])
    state = {**states[0], "position": headers["Setup"]}
    for seat, move in read_moves:
        state = game.apply(state, seat, move)
    assert state == states[-1]
    assert headers["Reason"] == game.outcome(state).reason


def test_the_text_has_the_options():
    game = Battleship()
    state = game.setup(2, {}, None)
    moves = [(0, "destroyer@a1h")]
    headers, _ = read(game.export(record(game, [state], moves, {**OPTIONS, "size": [3, 4]}))[1])
    assert headers == {
        "Game": "Battleship", "Site": "Arbiter", "Date": "2026-01-31",
        "Player 1": "ada", "Player 2": "ben", "Rated": "no",
        "Clock": "initial 300, increment 2.5", "Option size": "[3, 4]",
        "Setup": '{"turn": null, "ply": 0, "last_move": null, "fleets": [{}, {}], '
                 '"to_place": [], "shots": [{}, {}]}',
        "Winner": "nobody", "Reason": "agreement",
    }
