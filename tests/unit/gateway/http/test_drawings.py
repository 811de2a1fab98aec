"""The drawings of installed games, as a gateway serves them."""

import pytest
from flask import Flask

from gateway.http.drawings import Drawings, add_drawing_routes
from tests import plugins


@pytest.fixture(autouse=True)
def installed(tmp_path, monkeypatch):
    """Install two games with drawings, one of which is broken."""
    plugins.install(tmp_path, "connect_four", "go9")
    (tmp_path / "connect_four" / "drawing" / "drawing.json").unlink()
    monkeypatch.syspath_prepend(tmp_path)


def test_a_drawing_and_its_titles_are_told():
    drawings = Drawings()
    address = f"/drawings/{drawings.files.version}/go9.json"
    assert drawings.shown["go9"]["drawing"] == address
    assert set(drawings.shown["go9"]["titles"]) == {"ru"}


def test_a_broken_drawing_is_left_out_and_logged(caplog):
    drawings = Drawings()
    assert "connect_four" not in drawings.shown
    assert not any(path.startswith("connect_four") for path in drawings.files.files)
    assert "The game connect_four is shown without its drawing." in caplog.text


def test_a_piece_is_served_in_a_sandbox():
    drawings, app = Drawings(), Flask(__name__)
    add_drawing_routes(app, drawings.files)
    answer = app.test_client().get(f"/drawings/{drawings.files.version}/go9/black.svg")
    assert answer.status_code == 200 and answer.content_type.startswith("image/svg+xml")
    assert "sandbox" in answer.headers["Content-Security-Policy"].split("; ")
    assert app.test_client().get("/drawings/go9/none.svg").status_code == 404
