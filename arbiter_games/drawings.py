"""Finds the drawings of games: files of installed packages by which a web client draws them.

No code of a game is imported or run. What is found has been checked: a browser may be given it.
"""

import importlib.metadata
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from arbiter_games.svg import InvalidSvg, check_svg

DRAWING_GROUP = "game_drawings"
MAX_FILE_BYTES = 64 * 1024
MAX_PIECES = 100
MAX_WORDS = 500
MAX_SQUARES = 1000
MAX_SEAT_VALUES = 100
NAME = re.compile(r"[a-z0-9_-]{1,50}")
TEXTS = re.compile(r"texts\.([a-z]{2})\.json")

Style = Literal["plain", "checkered", "tiles", "intersections", "hexagons", "columns"]
Square = Annotated[str, StringConstraints(pattern=r"^[a-z][1-9][0-9]?$")]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
SvgName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,50}\.svg$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Checked = TypeVar("Checked")


class Grid(BaseModel):
    """What a view's `grid` may have: what is in the view goes before this."""

    model_config = ConfigDict(extra="forbid", strict=True)

    files: int | None = Field(default=None, ge=1, le=26)
    ranks: int | None = Field(default=None, ge=1, le=99)
    facing: bool | None = None
    style: Style | None = None
    squares: list[Square] | None = Field(default=None, max_length=MAX_SQUARES)


class Description(BaseModel):
    """The content of `drawing.json`: the board, the sides' colours, and the files of pieces.

    `seats` has the names of values that are seats, or lists of them.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    grid: Grid = Grid()
    colors: list[Color] = Field(default=[], max_length=8)
    pieces: dict[Text, SvgName] = Field(default={}, max_length=MAX_PIECES)
    seats: list[Text] = Field(default=[], max_length=MAX_SEAT_VALUES)


_DESCRIPTION = TypeAdapter(Description)
_WORDS = TypeAdapter(Annotated[dict[Text, Text], Field(max_length=MAX_WORDS)])


class InvalidDrawing(Exception):
    """A file of a drawing can't be used: the message names the file, and says why."""


@dataclass(frozen=True)
class Drawing:
    """The drawing of a game: its description, words by language, and SVGs by their names."""

    description: Description
    words: dict[str, dict[str, str]]
    svgs: dict[str, bytes]

    def as_json(self) -> bytes:
        """Return what a client needs to know at once."""
        shown = self.description.model_dump(mode="json", exclude_none=True)
        return json.dumps({**shown, "words": self.words}, ensure_ascii=False).encode()


def installed_drawings() -> Iterator[tuple[str, Drawing | InvalidDrawing]]:
    """Yield each game that an entry point of the group `game_drawings` names, with its drawing.

    The entry point's name is the game's, and its value a folder in a package: `my_game.drawing`.
    """
    for entry_point in sorted(importlib.metadata.entry_points(group=DRAWING_GROUP)):
        try:
            if not NAME.fullmatch(entry_point.name):
                raise InvalidDrawing(f"{entry_point.name!a} is no name of a game with a drawing")
            yield entry_point.name, read_drawing(_folder(entry_point))
        except InvalidDrawing as error:
            yield entry_point.name, error


def read_drawing(folder: Path) -> Drawing:
    """Read the drawing in a folder; raises InvalidDrawing, which names the file that is wrong."""
    description = _checked(folder / "drawing.json", _DESCRIPTION)
    texts = ((each, TEXTS.fullmatch(each.name)) for each in sorted(folder.iterdir()))
    words = {match[1]: _checked(path, _WORDS) for path, match in texts if match}
    names = sorted(set(description.pieces.values()))
    return Drawing(description, words, {name: _svg(folder / "pieces" / name) for name in names})


def _folder(entry_point: EntryPoint) -> Path:
    package, *folders = entry_point.value.split(".")
    # Of a package that is not in another one, this imports nothing.
    spec = find_spec(package) if package else None
    for location in (spec and spec.submodule_search_locations) or ():
        if (folder := Path(location, *folders)).is_dir():
            return folder
    raise InvalidDrawing(f"{entry_point.value} is no folder in a package that is installed")


def _checked(path: Path, adapter: TypeAdapter[Checked]) -> Checked:
    try:
        return adapter.validate_json(_content(path))
    except ValidationError as error:
        first: Any = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidDrawing(f"{path}: {where}{': ' if where else ''}{first['msg']}") from error


def _svg(path: Path) -> bytes:
    content = _content(path)
    try:
        check_svg(content)
    except InvalidSvg as error:
        raise InvalidDrawing(f"{path}: {error}") from error
    return content


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InvalidDrawing(f"{path}: {error.strerror}") from error
    if len(content) > MAX_FILE_BYTES:
        raise InvalidDrawing(f"{path}: is larger than {MAX_FILE_BYTES} bytes")
    return content
