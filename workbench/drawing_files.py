"""Finds the drawing of the game that an author works on: beside its code, or among those installed.
"""

import tomllib
from pathlib import Path

from arbiter_games.drawings import (
    DRAWING_GROUP,
    Drawing,
    InvalidDrawing,
    installed_drawings,
    read_drawing,
)
from workbench.loading import PLUGIN_FILE, source_file

FOLDER = "drawing"  # of a file that is named without its package


def find_drawing(target: str, game: str) -> Drawing | None:
    """Return the drawing of the game that a target names, if it has one. Raises InvalidDrawing."""
    source = source_file(target)
    if source is None:
        found = dict(installed_drawings()).get(game)
        if isinstance(found, InvalidDrawing):
            raise found
        return found
    beside = source.parent / FOLDER
    folder = _declared(Path(target), game) if Path(target).is_dir() else beside
    return read_drawing(folder) if folder and (folder != beside or beside.is_dir()) else None


def _declared(folder: Path, game: str) -> Path | None:
    """Return the folder that a game's pyproject.toml names, as the package will have it."""
    file = folder / PLUGIN_FILE
    drawings = tomllib.loads(file.read_text())["project"]["entry-points"].get(DRAWING_GROUP, {})
    if not drawings:
        return None
    if game not in drawings:
        names = ", ".join(drawings)
        raise InvalidDrawing(f"{file}: the drawing is that of {names}, and the game is {game}")
    parts = drawings[game].split(".")
    for base in (folder, folder / "src"):
        if base.joinpath(*parts).is_dir():
            return base.joinpath(*parts)
    raise InvalidDrawing(f"{file}: {drawings[game]} is no folder in a package")
