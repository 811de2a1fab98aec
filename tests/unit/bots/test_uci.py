"""Programs that speak UCI: a move of theirs, or another engine's where they fail."""

import sys
import time
from functools import partial
from random import Random

import pytest

from bots.contest import Player, play
from bots.engines import move_choice
from bots.engines.levels import Budget, budget
from bots.engines.move_choice import Chosen
from bots.engines.uci import EngineFailed, UciEngine, command
from tests.unit.bots.seeing import seen_by

threefold = pytest.importorskip("tests.arbiter_games.threefold")
variants = pytest.importorskip("arbiter_games.variants")

PROGRAM = """#!{python}
import sys, time
for line in sys.stdin:
    print("heard", line.strip(), file=open({heard!r}, "a"))
    if line == "uci\\n":
        print("option name Skill Level type spin default 20 min 0 max 20")
        print("option name UCI_Variant type combo default chess var chess var kingofthehill")
        print("uciok", flush=True)
    if line.startswith("go"):
        {on_go}
"""


@pytest.fixture
def program(tmp_path):
    """Make a program that does this when it is asked for a move."""

    def make(on_go):
        path, heard = tmp_path / "engine", tmp_path / "heard"
        path.write_text(PROGRAM.format(python=sys.executable, heard=str(heard), on_go=on_go))
        path.chmod(0o755)
        heard.touch()
        engine = UciEngine([str(path)])
        engines.append(engine)
        return engine, heard

    engines = []
    yield make
    for engine in engines:
        engine.close()


GAME = variants.Variant("kingofthehill")
SEEN = seen_by(GAME, 0, [(0, "e2e4"), (1, "e7e5")])


def test_a_program_is_told_the_variant_and_the_moves(program):
    engine, heard = program("print('info depth 1\\nbestmove g1f3 ponder b8c6', flush=True)")
    assert engine.variants() == {"chess", "kingofthehill"}
    assert engine.choose(SEEN, budget(5), Random(1)) == "g1f3"
    told = heard.read_text()
    assert "setoption name UCI_Variant value kingofthehill\n" in told
    assert f"position fen {SEEN.initial['fen']} moves e2e4 e7e5\n" in told


def test_a_low_level_slips_now_and_then(program):
    engine, heard = program("print('bestmove g1f3', flush=True)")
    made = [engine.choose(SEEN, budget(1), Random(seed)) for seed in range(20)]
    assert 0 < sum(move != "g1f3" for move in made) < 20
    assert set(made) <= set(SEEN.legal)


@pytest.mark.parametrize("on_go", [
    "sys.exit()", "print('bestmove e4e5', flush=True)", "print('bestmove (none)', flush=True)",
])
def test_a_program_that_fails_is_replaced_for_the_move(program, on_go, monkeypatch):
    engine, _ = program(on_go)
    with pytest.raises(EngineFailed):
        engine.choose(SEEN, budget(5), Random(1))
    monkeypatch.setattr(move_choice, "_program", lambda game: "failing")
    monkeypatch.setattr(move_choice, "_running", lambda name: engine)
    chosen = move_choice.choose(GAME, SEEN, Budget(5, 30, time.monotonic() + 60), Random(1))
    assert chosen.engine == "tree-search"
    assert chosen.move in SEEN.legal


def test_a_program_that_is_silent_is_given_up(program, monkeypatch):
    monkeypatch.setattr("bots.engines.uci.GRACE_SECONDS", 0.1)
    engine, _ = program("time.sleep(60)")
    with pytest.raises(EngineFailed):
        engine.choose(SEEN, Budget(5, 1, time.monotonic()), Random(1))


@pytest.mark.parametrize("name", ["isolation", "torpedo"])
def test_the_library_has_an_engine_for_its_own_rules(name):
    game = variants.Variant(name)
    engine = UciEngine(command("pyffish"))
    try:
        assert engine.variants() >= threefold.BROUGHT
        players = [Player(level, partial(asked, engine)) for level in (3, 1)]
        assert play(game, players, Random(1)) in (0, 1, None)
    finally:
        engine.close()


def asked(engine, game, seen, budget, rng):
    """Choose by this engine alone."""
    return Chosen(engine.choose(seen, budget, rng), "pyffish")


def test_a_program_that_does_not_start_plays_nothing(monkeypatch):
    monkeypatch.setattr(move_choice, "_running", lambda name: UciEngine(["sh", "-c", "read line"]))
    move_choice._variants.cache_clear()
    try:
        assert move_choice._variants("fairy-stockfish") == frozenset()
    finally:
        move_choice._variants.cache_clear()


def test_a_variant_is_played_by_the_first_program_that_knows_it(monkeypatch):
    known = {"fairy-stockfish": {"shogi"}, "pyffish": {"shogi", "isolation"}}
    monkeypatch.setattr(move_choice, "_variants", known.__getitem__)
    names = [move_choice.engine_name(variants.Variant(name)) for name in ("shogi", "isolation")]
    assert names == ["fairy-stockfish", "pyffish"]


@pytest.mark.parametrize(("name", "game"), [
    ("stockfish", "chess"), ("fairy-stockfish", "shogi"), ("fairy-stockfish", "fischerandom"),
])
def test_the_programs_of_debian_play(name, game):
    assert command(name), f"{name} is missing: python -m tools.launch.prerequisites test"
    module = pytest.importorskip("arbiter_games.chess")
    rules = module.Chess() if game == "chess" else variants.Variant(game)
    engine = UciEngine(command(name))
    try:
        assert game in engine.variants()
        seen = seen_by(rules, 0, [])
        assert engine.choose(seen, budget(3), Random(1)) in seen.legal
    finally:
        engine.close()
