"""Finds the game that an author works on: in a folder, in a file, or among those installed."""

import importlib
import importlib.util
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from arbiter_games.contract import Game
from arbiter_games.plugins import GamePluginError, complete_game, load_games
from tools.errors import ToolError

PLUGIN_FILE = "pyproject.toml"


def load_game(target: str) -> Game:
    """Return a game by its folder, its file (`game.py` or `game.py:Class`), or its name.

    Raises ToolError where there is none, or it is not a complete game. What the game's own code
    raises while it is imported is not caught, except for a game that is installed.
    """
    path, _, class_name = target.partition(":")
    if Path(path).is_dir():
        path, class_name = entry_point(Path(path))
    if path.endswith(".py"):
        return _from_file(Path(path), class_name)
    try:
        games = load_games()
    except GamePluginError as error:
        raise ToolError(str(error)) from error
    if target not in games:
        raise ToolError(
            f"{target} is neither a folder with a {PLUGIN_FILE}, nor a Python file, nor one of the "
            f"installed games, which are {', '.join(games)}."
        )
    return games[target]


def load_function(target: str) -> Callable[..., Any]:
    """Return the function that `file.py:function` names. Raises ToolError where there is none."""
    path, _, name = target.partition(":")
    function = getattr(_imported(Path(path)), name, None) if path.endswith(".py") else None
    if not callable(function):
        raise ToolError(
            f"{target} names no function: write a file and a name, as test_game.py:other_hands."
        )
    return function  # type: ignore[no-any-return]


def source_file(target: str) -> Path | None:
    """Return the file that a game is in; None for one that is installed."""
    path = Path(target.partition(":")[0])
    if path.is_dir():
        path = Path(entry_point(path)[0])
    return path if path.suffix == ".py" else None


def entry_point(folder: Path) -> tuple[str, str]:
    """Return the file and the class of the game that a folder's pyproject.toml names."""
    file = folder / PLUGIN_FILE
    if not file.is_file():
        raise ToolError(
            f"{folder.resolve()} has no {PLUGIN_FILE}: go to the folder of a game, name a file as "
            "game.py, or begin a game with `arbiter games new NAME`."
        )
    try:
        project = tomllib.loads(file.read_text())["project"]
        plugins = project["entry-points"]["game_plugins"]
        module, _, class_name = next(iter(plugins.values())).partition(":")
    except (KeyError, StopIteration, tomllib.TOMLDecodeError) as error:
        raise ToolError(
            f"{file} names no game: it needs [project.entry-points.game_plugins] with a line as "
            f'`chess = "chess:Chess"` ({error!r}).'
        ) from None
    parts = Path(*module.split("."))
    candidates = [folder / base / each for base in ("", "src")
                  for each in (parts.with_suffix(".py"), parts / "__init__.py")]
    found = next((each for each in candidates if each.is_file()), None)
    if not found:
        raise ToolError(f"{file} names the module {module}, which is not in {folder.resolve()}.")
    return str(found), class_name


def _from_file(path: Path, class_name: str) -> Game:
    module = _imported(path)
    found = [
        each for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Game) and each.__module__ == module.__name__
        and (each.__name__ == class_name or not class_name)
    ]
    if len(found) != 1:
        names = ", ".join(each.__name__ for each in found)
        raise ToolError(
            f"{path} has {'several games: ' + names if found else 'no such game'}. Name the class "
            f"as in {path}:{found[0].__name__ if found else 'MyGame'}."
        )
    try:
        return complete_game(found[0])
    except TypeError as error:
        raise ToolError(f"{path} has no complete game: {error}.") from None


def _imported(path: Path) -> ModuleType:
    """Return the module in a file, imported so that it finds its neighbours."""
    if not path.is_file():
        raise ToolError(f"There is no file {path}.")
    package = path.resolve().parent
    parts = [] if path.name == "__init__.py" else [path.stem]
    while (package / "__init__.py").is_file():
        parts.insert(0, package.name)
        package = package.parent
    sys.path.insert(0, str(package))
    module = importlib.import_module(".".join(parts))
    found = Path(module.__file__ or "").resolve()
    if found != path.resolve():
        raise ToolError(f"{path} has the name of another module, {found}: rename it.")
    return module
