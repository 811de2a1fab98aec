"""The drawings of games: read once from installed packages, and served as the page's files are.

Below the version of all of them, `NAME.json` describes the drawing of a game, and `NAME/` has its
pieces. A browser that opens a piece by itself shows it in a sandbox.
"""

import logging
from functools import cached_property

from flask import Flask, Response

from arbiter_games.drawings import Drawing, InvalidDrawing, installed_drawings
from gateway.http.static import CachedFiles, version_of
from gateway.protocol.results import DrawnGame

_log = logging.getLogger(__name__)

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


class Drawings:
    """The drawings of the games that are installed beside this gateway."""

    def __init__(self) -> None:
        self._drawings: dict[str, Drawing] = {}
        for game, found in installed_drawings():
            if isinstance(found, InvalidDrawing):
                _log.warning("The game %s is shown without its drawing. %s", game, found)
            else:
                self._drawings[game] = found

    @cached_property
    def files(self) -> CachedFiles:
        """The files that are served."""
        contents = {}
        for game, drawing in self._drawings.items():
            contents[f"{game}.json"] = drawing.as_json()
            contents |= {f"{game}/{name}": svg for name, svg in drawing.svgs.items()}
        return CachedFiles(
            contents, version_of(contents), {"Content-Security-Policy": SANDBOX}
        )

    @cached_property
    def shown(self) -> dict[str, DrawnGame]:
        """What is told of each game that has a drawing: its address, and titles by language."""
        return {
            game: {
                "drawing": f"/drawings/{self.files.version}/{game}.json",
                "titles": {
                    language: words["title"] for language, words in drawing.words.items()
                    if "title" in words
                },
            }
            for game, drawing in self._drawings.items()
        }


def add_drawing_routes(app: Flask, files: CachedFiles) -> None:
    """Serve drawings below /drawings/."""

    @app.get("/drawings/<path:path>")
    def drawing(path: str) -> Response:
        return files.answer_versioned(path)
