"""The drawing of the game that an author works on."""

import json
import shutil
from pathlib import Path

import pytest

from arbiter_games.drawings import InvalidDrawing
from workbench.drawing_files import find_drawing
from workbench.play import Play
from workbench.server import make_app

EXAMPLES = Path("docs/examples")
PROJECT = """
[project.entry-points.game_plugins]
go9 = "go9:Go9"

[project.entry-points.game_drawings]
{} = "go9.{}"
"""


def project(folder, game="go9", package="drawing", base="."):
    """Return a folder with a package, which has the example Go."""
    folder.mkdir(exist_ok=True)
    shutil.copytree(EXAMPLES / "go9", folder / base / "go9")
    (folder / "pyproject.toml").write_text(PROJECT.format(game, package))
    return str(folder)


@pytest.mark.parametrize("base", [".", "src"])
def test_a_package_has_the_drawing_that_it_names(tmp_path, base):
    drawing = find_drawing(project(tmp_path, base=base), "go9")
    assert sorted(drawing.svgs) == ["black.svg", "white.svg"]


def test_a_file_has_the_drawing_beside_it():
    drawing = find_drawing("docs/examples/connect_four/__init__.py", "connect_four")
    assert drawing.description.grid.style == "columns"


def test_a_game_without_a_drawing_has_none():
    assert find_drawing("docs/examples/pig.py", "pig") is None
    assert find_drawing("dobutsu", "dobutsu") is None


@pytest.mark.parametrize(
    ("game", "package", "why"),
    [("go", "drawing", "that of go, and the game is go9"), ("go9", "drawn", "go9.drawn is no")],
)
def test_a_drawing_that_is_not_there_is_named(tmp_path, game, package, why):
    with pytest.raises(InvalidDrawing, match=why):
        find_drawing(project(tmp_path, game, package), "go9")


@pytest.fixture
def played(tmp_path):
    """Go, played from a package of its own."""
    play = Play(project(tmp_path / "go"))
    play.begin({})
    yield play
    play.close()


def test_the_page_is_given_the_drawing_and_its_pieces(played):
    client = make_app(played).test_client()
    address = client.get("/position").json["game"]["drawing"]
    assert client.get(address).json["colors"] == ["#23211d", "#b9b3a2"]
    piece = client.get(address.replace(".json", "/black.svg"))
    assert piece.mimetype == "image/svg+xml" and b"<svg" in piece.data
    for other in ("/white.svg/..", "/drawing.json", "/../../../pyproject.toml"):
        assert client.get(address.replace(".json", other)).status_code == 404


def test_a_changed_drawing_has_another_address(played, tmp_path):
    before = played.after(-1)["game"]["drawing"]
    file = tmp_path / "go" / "go9" / "drawing" / "drawing.json"
    file.write_text(json.dumps({"colors": ["#000000"]}))
    played.reload()
    assert played.after(-1)["game"]["drawing"] != before
    file.write_text(json.dumps({"colors": ["black"]}))
    played.reload()
    shown = played.after(-1)
    assert "drawing" not in shown["game"] and "colors.0" in shown["drawing_error"]
