"""The game that an author means."""

import pytest

from tools.errors import ToolError
from workbench.loading import load_game, source_file

GAME = """
from arbiter_games.dobutsu import Dobutsu

class {0}(Dobutsu):
    name = "{0}"
    title = "{0}"
"""
PROJECT = '[project.entry-points.game_plugins]\nany = "{}:{}"\n'


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder in which modules of a test's own names are found, and go with the test."""
    monkeypatch.setattr("sys.path", ["", *__import__("sys").path])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_installed_game_is_found_by_its_name():
    assert load_game("dobutsu").title == "Dobutsu shogi"
    assert source_file("dobutsu") is None


def test_the_only_game_of_a_file_is_found(here):
    (here / "loading_one.py").write_text(GAME.format("Only"))
    assert load_game("loading_one.py").name == "Only"


def test_one_of_two_games_of_a_file_is_named(here):
    (here / "loading_two.py").write_text(GAME.format("One") + GAME.format("Other"))
    assert load_game("loading_two.py:Other").name == "Other"
    with pytest.raises(ToolError, match="several games: One, Other"):
        load_game("loading_two.py")


def test_a_file_with_the_name_of_another_module_is_refused(here):
    (here / "former").mkdir()
    for folder in (here, here / "former"):
        (folder / "loading_six.py").write_text(GAME.format("Six"))
    load_game("loading_six.py")
    with pytest.raises(ToolError, match="has the name of another module, .*loading_six.py: rename"):
        load_game("former/loading_six.py")


def test_the_game_of_a_folder_is_what_its_project_names(here):
    package = here / "src" / "loading_three"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from .rules import Named\n")
    (package / "rules.py").write_text(GAME.format("Named"))
    (here / "pyproject.toml").write_text(PROJECT.format("loading_three.rules", "Named"))
    assert load_game(".").name == "Named"
    assert source_file(".").samefile(package / "rules.py")


@pytest.mark.parametrize(("files", "target", "reason"), [
    ({}, "chequers", "neither a folder"),
    ({}, ".", "has no pyproject.toml"),
    ({}, "missing.py", "There is no file missing.py"),
    ({"pyproject.toml": "[project]"}, ".", "names no game"),
    ({"pyproject.toml": PROJECT.format("gone", "Gone")}, ".", "which is not in"),
    ({"loading_four.py": "x = 1"}, "loading_four.py", "no such game"),
    ({"loading_five.py": "from arbiter_games.contract import Game\n"
                         "class Half(Game):\n    name = title = 'half'\n"},
     "loading_five.py", "no complete game"),
])
def test_no_game_is_refused_with_what_is_missing(here, files, target, reason):
    for name, text in files.items():
        (here / name).write_text(text)
    with pytest.raises(ToolError, match=reason):
        load_game(target)
