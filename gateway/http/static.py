"""The web client's files: read once, compressed once, and cached by browsers until they change.

They are served below a folder that is named by the hash of all of them. So modules can import each
other by relative paths, and browsers can still cache them for ever: any change gives new addresses.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, normpath

from flask import Flask, Request, Response, abort, request

FOLDER = Path(__file__).resolve().parent.parent.parent / "web"
# The folder holds other files, which are not served: its type checks, and what Python makes of it.
TYPES_BY_SUFFIX = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"
}
CACHE_FOR_EVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
STATIC_IMPORT = re.compile(r'^import (?:.* from )?"(.+)";$', re.MULTILINE)
HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?")
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True)
class File:
    """A file as it is sent: plain or compressed."""

    content: bytes
    compressed: bytes
    type: str
    etag: str

    @classmethod
    def of(cls, content: bytes, kind: str) -> "File":
        """Compress a file's content, and compute its ETag."""
        compressed = gzip.compress(content, 9, mtime=0)
        return cls(content, compressed, kind, hashlib.sha256(content).hexdigest()[:20])


class StaticFiles:
    """All files of the client, by their paths below its folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        found = sorted(each for each in folder.rglob("*") if each.suffix in TYPES_BY_SUFFIX)
        contents = {each.relative_to(folder).as_posix(): each.read_bytes() for each in found}
        self.version = _version(contents)
        contents["index.html"] = self._index(contents)
        self.files = {
            path: File.of(content, TYPES_BY_SUFFIX[Path(path).suffix])
            for path, content in contents.items()
        }

    def _index(self, contents: dict[str, bytes]) -> bytes:
        """Return the page, which makes browsers fetch at once what `app.js` imports."""
        base = f"/page/{self.version}"
        preloads = "\n  ".join(
            f'<link rel="modulepreload" href="{base}/{path}">'
            for path in sorted(_imported("app.js", contents, set()))
        )
        text = contents["index.html"].decode()
        return text.replace("{{base}}", base).replace("{{modules}}", preloads).encode()

    def answer(self, path: str, version: str | None) -> Response:
        """Return a file or 404. Browsers cache files of the present version for ever."""
        file = self.files.get(path)
        if file is None:
            abort(404)
        response = _response(file, request)
        is_permanent = version == self.version and path != "index.html"
        response.headers["Cache-Control"] = CACHE_FOR_EVER if is_permanent else REVALIDATE
        response.headers.update(HEADERS)
        return response


def add_static_routes(app: Flask, files: StaticFiles) -> None:
    """Serve the client at / and its files below /page/."""

    @app.get("/")
    def page() -> Response:
        return files.answer("index.html", None)

    @app.get("/page/<path:path>")
    def page_file(path: str) -> Response:
        # The page may come from a gateway of another release: any version is served as it is here.
        version, _, rest = path.partition("/")
        if rest and re.fullmatch(r"[0-9a-f]{12}", version):
            return files.answer(rest, version)
        return files.answer(path, None)


def content_security_policy(host: str) -> str:
    """Return the policy by which a page runs its own files and talks to its own server only."""
    # In some browsers 'self' does not cover WebSockets.
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'{sockets}; manifest-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _response(file: File, request: Request) -> Response:
    if request.if_none_match.contains_weak(file.etag):
        response = Response(status=304)
    elif request.accept_encodings["gzip"]:
        response = Response(file.compressed, mimetype=file.type)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(file.content, mimetype=file.type)
    response.set_etag(file.etag, weak=True)
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _imported(path: str, contents: dict[str, bytes], found: set[str]) -> set[str]:
    """Add a module and all modules that it needs before it runs, and return what is found."""
    if path in contents and path not in found:
        found.add(path)
        for relative in STATIC_IMPORT.findall(contents[path].decode()):
            _imported(normpath(f"{dirname(path)}/{relative}").lstrip("/"), contents, found)
    return found


def _version(contents: dict[str, bytes]) -> str:
    whole = hashlib.sha256()
    for path, content in sorted(contents.items()):
        whole.update(f"{path} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()[:12]
