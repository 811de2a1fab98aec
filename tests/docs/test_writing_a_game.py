"""The page for game authors: its examples conform, and its package is found once installed."""

import configparser
import os
import re
import subprocess
import sys
import textwrap

import pytest

from arbiter_games.testing import (
    BrokenLaw,
    assert_game_conforms,
    conformance,
    session_laws,
    upgrades,
)
from docs.examples.goofspiel import Goofspiel, rounds
from docs.examples.pig import Pig
from docs.examples.tictactoe import TicTacToe
from tests.arbiter_games.hosting import in_session_service  # noqa: F401
from tests.arbiter_games.testing import test_determinization, test_laws, test_secrecy
from tests.docs.pages import ROOT, blocks, codes, read, rows, section

pytestmark = pytest.mark.usefixtures("in_session_service")

PAGE = read("docs/writing-a-game.md")
EXAMPLE = read("docs/examples/tictactoe.py")
LOAD = "from arbiter_games.plugins import load_games; print(load_games()['tictactoe'].title)"


def run(*arguments, path=(), cwd=ROOT, env=None):
    """Run Python with import folders; return its output and whether it succeeded."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), **(env or {})}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments], cwd=cwd, env=environment,
        capture_output=True, text=True, timeout=120,
    )
    return done.stdout + done.stderr, done.returncode == 0


@pytest.fixture
def package(tmp_path):
    """The package that the page shows."""
    folder = tmp_path / "tictactoe"
    folder.mkdir()
    (folder / "tictactoe.py").write_text(EXAMPLE)
    (folder / "pyproject.toml").write_text(*blocks(PAGE, "toml"))
    return folder


def install(package, target):
    return run(
        "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
        "--disable-pip-version-check", "--target", str(target), str(package),
    )


def test_the_page_shows_the_whole_example():
    assert blocks(PAGE, "python")[0] == EXAMPLE
    assert len(EXAMPLE.splitlines()) < 60


@pytest.mark.parametrize("game", [TicTacToe, Pig])
def test_an_example_conforms(game):
    assert_game_conforms(game())


@pytest.fixture
def with_a_lookalike():
    """The code of the page about secrets, executed."""
    names = {
        "Goofspiel": Goofspiel, "rounds": rounds, "assert_game_conforms": assert_game_conforms
    }
    exec(*blocks(section(PAGE, "### How secrets are found"), "python"), names)
    return names


def test_the_example_with_secrets_conforms(with_a_lookalike):
    with_a_lookalike["test_the_game_conforms"]()


def test_the_lookalike_finds_a_revealed_stack(with_a_lookalike):
    class Transparent(Goofspiel):
        def view(self, state, player):
            return {**super().view(state, player), "cards": {"prizes": state["prizes"]}}

    with pytest.raises(BrokenLaw) as caught:
        assert_game_conforms(Transparent(), lookalike=with_a_lookalike["other_stack"])
    assert caught.value.law == test_secrecy.LAW


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("### Chance", "pig.py"), ("### More than two players", "pig.py"),
        ("### Computer opponents", "pig.py"),
        ("### Secrets", "goofspiel/__init__.py"),
        ("### Moves at the same time", "goofspiel/__init__.py"),
    ],
)
def test_shown_parts_of_an_example_are_in_it(heading, name):
    example = read(f"docs/examples/{name}")
    shown = blocks(section(PAGE, heading), "python")
    assert shown
    for code in shown:
        assert any(textwrap.indent(code, " " * deep) in example for deep in (4, 8, 12)), code


def test_the_shown_failure_is_that_of_the_kit(monkeypatch):
    monkeypatch.setattr(conformance, "SHRINK_SECONDS", 600.0)  # or the time limit may stop it

    class InPlace(TicTacToe):
        def apply(self, state, player, move):
            after = super().apply(state, player, move)
            state["taken"].append(move)
            return after

    with pytest.raises(BrokenLaw) as caught:
        assert_game_conforms(InPlace())
    (told,) = blocks(section(PAGE, "## Test it"), "text")
    assert told == f"arbiter_games.testing.broken_law.BrokenLaw: {caught.value}\n"


def test_every_law_is_on_the_page():
    tables = [row[0] for row in rows(section(PAGE, "## Test it"))]
    told = {law for law in tables if not law.startswith("`")}
    checked = (
        *test_laws.LAWS, *session_laws.LAWS, *test_determinization.LAWS, test_secrecy.LAW,
        upgrades.LAW,
    )
    known = {re.sub(r"^\w+ (never|raises nothing$)", r"... \1", law) for law in checked}
    assert told == known


def test_every_method_of_the_contract_is_on_the_page():
    told = {re.split(r"\W", name)[0] for row in rows(section(PAGE, "## The contract"))
            for name in codes(row[0])}
    game = TicTacToe.__mro__[1]
    assert told == {name for name in {*vars(game), *game.__annotations__} if name[0] != "_"}


def test_the_package_is_found_once_it_is_installed(package, tmp_path):
    target = tmp_path / "site"
    said, well = install(package, target)
    assert well, said
    assert run("-c", LOAD, path=[target, ROOT]) == ("Tic-tac-toe\n", True)
    said, well = run("-c", LOAD, path=[ROOT])
    assert not well and "KeyError: 'tictactoe'" in said


def test_two_packages_with_one_game_are_refused_naming_both(package, tmp_path):
    target = tmp_path / "site"
    install(package, target)
    pyproject = package / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("arbiter-tictactoe", "other-tictactoe"))
    install(package, target)
    said, well = run("-c", LOAD, path=[target, ROOT])
    assert not well
    assert said.splitlines()[-1].endswith(
        "GamePluginError: plug-in 'tictactoe:TicTacToe' (distribution other-tictactoe) offers the"
        " game 'tictactoe', which plug-in 'tictactoe:TicTacToe' (distribution arbiter-tictactoe)"
        " offers too."
    )


def test_the_shown_test_passes_with_the_fixture(package, tmp_path):
    """With the entry points of setup.cfg, as an installed Arbiter has them."""
    (test,) = [code for code in blocks(PAGE, "python") if "(TicTacToe())" in code]
    (package / "test_of_the_page.py").write_text(test)
    (package / "test_by_the_plugin.py").write_text(
        "from tictactoe import TicTacToe\n\n"
        "def test_it(assert_game_conforms):\n    assert_game_conforms(TicTacToe(), examples=2)\n"
    )
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    metadata = tmp_path / "site" / "arbiter_kit-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Name: arbiter-kit\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("".join(
        f"[{group}]\n{config['options.entry_points'][group].strip()}\n"
        for group in ("pytest11", "game_hosts")
    ))
    said, well = run(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", path=[tmp_path / "site", ROOT],
        cwd=package,
    )
    assert well and "2 passed" in said, said
    assert "monkey" not in said and "LawsNotChecked" not in said
