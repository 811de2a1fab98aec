"""A game that `arbiter games new` has written runs at once."""

import subprocess
import sys

import pytest

from tools import command_line
from tools.errors import ToolError
from workbench import scaffold
from workbench.__main__ import main

# A card is dealt that only seat 0 may see; the parity of it is shown to all.
DEALT = """
from docs.examples.tictactoe import TicTacToe

class Dealt(TicTacToe):
    secrets = True

    def setup(self, players, options, rng):
        return {"taken": [], "card": rng.randint(1, 9)}

    def apply(self, state, player, move):
        return {**super().apply(state, player, move), "card": state["card"]}

    def view(self, state, player):
        shown = {"card": state["card"]} if player == 0 else {"odd": state["card"] % 2}
        return {**super().view(state, player), **shown}

def other(state, viewer, rng):
    return None if viewer == 0 else {**state, "card": state["card"] % 9 + 1}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Go to an empty folder, as a process that has imported no game of another one."""
    monkeypatch.delitem(sys.modules, "dealt", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_new_game_passes_its_own_tests(here):
    assert main(["new", "take_three"]) == 0
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=here / "take_three", capture_output=True, text=True)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_a_new_game_is_simulated_from_its_folder(here, monkeypatch, capsys):
    main(["new", "take_all"])
    monkeypatch.chdir(here / "take_all")
    assert main(["simulate", "20"]) == 0
    told = capsys.readouterr().out
    assert "Take all: 20 games" in told and "last_counter" in told


@pytest.mark.parametrize("name", ["Chess", "2go", "a b", "x" * 33, "../up", "a__b", ""])
def test_a_name_that_no_game_can_have_is_refused(here, name):
    with pytest.raises(ToolError, match="can't be the name"):
        scaffold.create(name, here)
    assert not list(here.iterdir())


def test_the_name_of_an_installed_game_is_refused(here, capsys):
    assert main(["new", "dobutsu"]) == 1
    assert "A game called dobutsu is installed" in capsys.readouterr().err


def test_a_folder_that_exists_is_left_alone(here, capsys):
    (here / "nim").mkdir()
    assert main(["new", "nim"]) == 1
    assert "exists" in capsys.readouterr().err
    assert not list((here / "nim").iterdir())


def test_arbiter_without_a_command_lists_them(capsys):
    assert command_line.main([]) == command_line.main(["chess"]) == 2
    assert "arbiter games" in capsys.readouterr().err


def test_arbiter_passes_its_arguments_on(here):
    assert command_line.main(["games", "new", "passed_on"]) == 0
    assert (here / "passed_on" / "passed_on" / "__init__.py").is_file()


def test_check_says_what_it_needs(here, monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "arbiter_games.testing.conformance", raising=False)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    assert main(["check", "dobutsu"]) == 1
    assert "pip install hypothesis" in capsys.readouterr().err


def test_check_uses_a_function_that_makes_states_that_look_alike(here, capsys):
    (here / "dealt.py").write_text(DEALT)
    assert main(["check", "dealt.py", "--examples", "2"]) == 1
    told = capsys.readouterr().out
    assert "no two states were found" in told and "check --lookalike" in told
    assert main(["check", "dealt.py", "--examples", "2", "--lookalike", "dealt.py:other"]) == 1
    assert "a spectator can tell" in capsys.readouterr().out


@pytest.mark.parametrize("named", ["dealt.py", "dealt.py:nothing", "dealt:other", "none.py:other"])
def test_a_lookalike_that_is_no_function_is_refused(here, named, capsys):
    (here / "dealt.py").write_text(DEALT)
    assert main(["check", "dealt.py", "--lookalike", named]) == 1
    assert named.partition(":")[0] in capsys.readouterr().err


def test_check_has_games_of_a_former_version_go_on(here, capsys):
    imported = "from docs.examples.tictactoe import TicTacToe\n"
    for version, name in ((1, "rules_before"), (2, "rules_after")):
        rules = f"class Rules(TicTacToe):\n    version = {version}\n"
        (here / f"{name}.py").write_text(imported + rules)
    assert main(["check", "rules_after.py", "--examples", "1", "--former", "rules_before.py"]) == 1
    assert "upgrade takes on what a former version has stored" in capsys.readouterr().out
