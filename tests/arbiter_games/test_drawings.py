"""Drawings of games are found without running the games, and what is not harmless is refused."""

import json
import sys

import pytest

from arbiter_games.drawings import Drawing, InvalidDrawing, installed_drawings, read_drawing
from arbiter_games.svg import InvalidSvg, check_svg
from tests import plugins

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
HARMLESS = [
    '<circle cx="1" cy="1" r="1" fill="url(#shine)"/>', "<g><title>a &amp; b</title></g>",
    '<linearGradient id="shine"><stop offset="0" stop-color="#fff"/></linearGradient>',
]
HARMFUL = [
    "<script>alert(1)</script>", '<g onload="alert(1)"/>', "<foreignObject/>", "<style>a{}</style>",
    '<image href="https://example.org/a.png"/>', '<use href="#a"/>', '<a href="#x"/>',
    '<g style="fill: red"/>', '<g fill="url(https://example.org)"/>',
    '<g fill="url(#a) url( //example.org)"/>', '<g fill="u\\72l(//example.org)"/>',
    '<animate attributeName="href" to="javascript:alert(1)"/>', "<g>", "<g/>" * 2001,
    "<svg/>", '<x:script xmlns:x="http://www.w3.org/2000/svg"/>', "<?php ?>",
]


@pytest.fixture
def folder(tmp_path):
    """A folder with a drawing that is right."""
    (tmp_path / "pieces").mkdir()
    (tmp_path / "pieces" / "man.svg").write_text(SVG.format(""))
    (tmp_path / "drawing.json").write_text(
        '{"pieces": {"man": "man.svg"}, "seats": ["dealer"]}'
    )
    (tmp_path / "texts.en.json").write_text('{"man": "a man"}')
    return tmp_path


def test_a_drawing_is_read_whole(folder):
    shown = json.loads(read_drawing(folder).as_json())
    assert shown == {
        "grid": {}, "colors": [], "pieces": {"man": "man.svg"}, "seats": ["dealer"],
        "words": {"en": {"man": "a man"}},
    }


@pytest.mark.parametrize("inside", HARMLESS)
def test_a_harmless_picture_is_accepted(inside):
    check_svg(SVG.format(inside).encode())


@pytest.mark.parametrize("inside", HARMFUL)
def test_a_harmful_picture_is_refused(inside):
    with pytest.raises(InvalidSvg):
        check_svg(SVG.format(inside).encode())


def test_a_picture_with_entities_is_refused():
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SVG.format("&b;")
    with pytest.raises(InvalidSvg, match="document type"):
        check_svg(bomb.encode())


@pytest.mark.parametrize("name, content, said", [
    ("drawing.json", "{", "drawing.json: Invalid JSON"),
    ("drawing.json", '{"color": []}', "drawing.json: color: Extra inputs"),
    ("drawing.json", '{"grid": {"style": "round"}}', "drawing.json: grid.style: Input should be"),
    ("drawing.json", '{"colors": ["red"]}', "drawing.json: colors.0: String should match"),
    ("drawing.json", '{"pieces": {"a": "../texts.svg"}}', "drawing.json: pieces.a: String should"),
    ("drawing.json", '{"pieces": {"a": "none.svg"}}', "none.svg: No such file"),
    ("texts.en.json", '{"a": 1}', "texts.en.json: a: Input should be a valid string"),
    ("pieces/man.svg", "<svg><script/></svg>", "man.svg: the element 'script' is not allowed"),
    ("pieces/man.svg", " " * 70_000, "man.svg: is larger than 65536 bytes"),
])
def test_a_wrong_file_names_itself(folder, name, content, said):
    (folder / name).write_text(content)
    with pytest.raises(InvalidDrawing) as caught:
        read_drawing(folder)
    assert said in str(caught.value)


def test_drawings_are_found_without_importing_a_game(tmp_path, monkeypatch):
    plugins.install(tmp_path, "connect_four", "go9")
    (tmp_path / "go9" / "__init__.py").write_text("raise SystemExit")
    (tmp_path / "connect_four" / "drawing" / "drawing.json").unlink()
    monkeypatch.syspath_prepend(tmp_path)
    found = dict(installed_drawings())
    assert isinstance(found["go9"], Drawing) and set(found["go9"].svgs) == {
        "black.svg", "white.svg"
    }
    assert "drawing.json: No such file" in str(found["connect_four"])
    assert not {"go9", "connect_four"} & set(sys.modules)


@pytest.mark.parametrize("folder", ["lost.drawing", ".drawing"])
def test_a_folder_that_is_not_installed_is_named(tmp_path, monkeypatch, folder):
    plugins.register(tmp_path, "lost", "lost:Game", folder)
    monkeypatch.syspath_prepend(tmp_path)
    assert f"{folder} is no folder" in str(dict(installed_drawings())["lost"])
