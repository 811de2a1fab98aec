"""Writes the files of a new game: a package that can be played at once, its drawing, and a test."""

import re
from importlib.resources import files
from pathlib import Path

from arbiter_games.plugins import GamePluginError, load_games
from tools.errors import ToolError

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MAX_NAME_CHARS = 32
# The files of the template, and what each is called in the game.
FILES = {
    "game.py.txt": "{name}/__init__.py", "test_game.py.txt": "test_{name}.py",
    "pyproject.toml.txt": "pyproject.toml", "README.md.txt": "README.md",
    "drawing.json.txt": "{name}/drawing/drawing.json",
    "texts.en.json.txt": "{name}/drawing/texts.en.json",
    "texts.ru.json.txt": "{name}/drawing/texts.ru.json",
}


def create(name: str, where: Path) -> Path:
    """Write a game's files into a folder of its name; return the folder. Raises ToolError."""
    if not NAME.fullmatch(name) or len(name) > MAX_NAME_CHARS:
        raise ToolError(
            f"{name!r} can't be the name of a game: use lower-case letters, digits and underscores,"
            f" as in take_three, and at most {MAX_NAME_CHARS} of them."
        )
    if name in _taken():
        raise ToolError(f"A game called {name} is installed here. Choose another name.")
    folder = where / name
    try:
        folder.mkdir()
    except FileExistsError:
        raise ToolError(f"{folder} exists. Choose another name, or go elsewhere.") from None
    words = {
        "name": name, "title": name.replace("_", " ").capitalize(),
        "class": "".join(map(str.capitalize, name.split("_"))), "project": name.replace("_", "-"),
    }
    template = files("workbench") / "template"
    for source, target in FILES.items():
        text = (template / source).read_text()
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)
        path = folder / target.format(name=name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def _taken() -> set[str]:
    try:
        return set(load_games())
    except GamePluginError:
        return set()
