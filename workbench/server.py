"""Serves the page on which an author plays a game with all its seats, and follows the code.

It listens on this machine only, and takes requests of its own page only.
"""

import os
import threading
import time
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, request, send_from_directory
from werkzeug.serving import WSGIRequestHandler, make_server

from arbiter_games.drawings import Drawing, InvalidDrawing
from tools.errors import ToolError
from workbench.drawing_files import find_drawing
from workbench.loading import load_game, source_file
from workbench.play import Play

HOST = "127.0.0.1"
PAGE = Path(__file__).parent / "page"
WEB = Path(__file__).parent.parent / "web"  # the web client, whose modules draw what viewers see
WEB_SUFFIXES = (".js", ".css", ".svg")
WATCHED = (".py", ".json", ".svg", ".toml")
POLL_SECONDS = 0.2
CONTENT_SECURITY_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"


class Quiet(WSGIRequestHandler):
    """Logs no requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep the terminal for what the author prints."""


def serve(
    target: str, port: int, players: int | None, options: dict[str, Any], seed: int
) -> None:
    """Serve the page until Ctrl-C. Raises ToolError where there is no such game, or no port."""
    source = source_file(target)
    if source is None:
        load_game(target)
    play = Play(target)
    play.begin({"players": players, "options": options, "seed": seed})
    try:
        server = make_server(HOST, port, make_app(play), threaded=True, request_handler=Quiet)
    except (OSError, SystemExit):
        raise ToolError(f"Port {port} is taken: choose another one with --port.") from None
    if source:
        threading.Thread(target=follow, args=(source.resolve().parent, play), daemon=True).start()
    print(f"Play at http://{HOST}:{server.port} (Ctrl-C ends).", flush=True)
    try:
        server.serve_forever()
    finally:
        play.close()


def make_app(play: Play) -> Flask:
    """Return the routes: the page, the position, and what can be done with it."""
    app = Flask("workbench", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]

    @app.before_request
    def from_this_page() -> None:
        if request.host.partition(":")[0] not in (HOST, "localhost"):
            abort(403)  # another site whose name leads here
        if request.method == "POST" and not request.is_json:
            abort(415)  # what another site's form can send

    @app.after_request
    def secured(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/")
    def page() -> Response:
        return send_from_directory(PAGE, "index.html")

    @app.get("/page/<path:name>")
    def file(name: str) -> Response:
        return send_from_directory(PAGE, name)

    @app.get("/web/<path:name>")
    def web_client(name: str) -> Response:
        if not name.endswith(WEB_SUFFIXES):
            abort(404)
        return send_from_directory(WEB, name)

    @app.get("/position")
    def position() -> Response:
        return jsonify(play.after(request.args.get("revision", -1, int)))

    @app.post("/<any(begin, move, undo, redo, load, opponents):action>")
    def act(action: str) -> Response:
        body = request.get_json()
        if not isinstance(body, dict):
            abort(400)
        getattr(play, action)(body)
        return jsonify(play.after(-1))

    add_drawing_routes(app, play.target)
    return app


def add_drawing_routes(app: Flask, target: str) -> None:
    """Serve the files of the game's drawing, below an address that changes with them."""

    @app.get("/drawings/<version>/<game>.json")
    def description(version: str, game: str) -> Response:
        return Response(drawn(game).as_json(), mimetype="application/json")

    @app.get("/drawings/<version>/<game>/<name>")
    def piece(version: str, game: str, name: str) -> Response:
        svgs = drawn(game).svgs
        return Response(svgs[name], mimetype="image/svg+xml") if name in svgs else abort(404)

    def drawn(game: str) -> Drawing:
        try:
            return find_drawing(target, game) or abort(404)
        except InvalidDrawing:
            abort(404)  # it is being changed, or the page says what is wrong


def follow(folder: Path, play: Play) -> None:
    """Begin again with the new code whenever a file of a folder changes."""
    known = changed_at(folder)
    while True:
        time.sleep(POLL_SECONDS)
        present = changed_at(folder)
        if present != known:
            known = present
            play.reload()


def changed_at(folder: Path) -> dict[str, int]:
    """Return the files of a folder that matter to a game, each with the time of its change."""
    found = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith((".", "__"))]
        for name in names:
            if name.endswith(WATCHED):
                path = os.path.join(parent, name)
                try:
                    found[path] = os.stat(path).st_mtime_ns
                except FileNotFoundError:
                    continue  # an editor is replacing it
    return found
