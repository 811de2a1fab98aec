"""The web client's files: read once, compressed once, and cached for as long as they stay the same.

All of them are served below a folder named by the hash of their content, so that modules can import
each other by relative paths and still be kept by browsers for ever: any change gives new addresses.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Request, Response, abort, request

FOLDER = Path(__file__).resolve().parent.parent.parent / "web"
COMPRESSED = {"text/html", "text/css", "text/javascript", "image/svg+xml", "application/json"}
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/json"}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?")
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True)
class File:
    """One file as it is sent: plain, and compressed where that helps."""

    content: bytes
    compressed: bytes | None
    type: str
    etag: str

    @classmethod
    def of(cls, content: bytes, kind: str) -> "File":
        compressed = gzip.compress(content, 9, mtime=0) if kind in COMPRESSED else None
        return cls(content, compressed, kind, hashlib.sha256(content).hexdigest()[:20])


class StaticFiles:
    """All files of the client, by their path below its folder."""

    def __init__(self, folder: Path = FOLDER):
        found = sorted(each for each in folder.rglob("*") if each.is_file())
        contents = {each.relative_to(folder).as_posix(): each.read_bytes() for each in found}
        self.version = _version(contents)
        contents["index.html"] = self._index(contents)
        self.files = {path: File.of(content, _type(path)) for path, content in contents.items()}

    def _index(self, contents: dict[str, bytes]) -> bytes:
        """The first page, which names the folder and has all modules fetched side by side."""
        base = f"/page/{self.version}"
        preloads = "\n  ".join(
            f'<link rel="modulepreload" href="{base}/{path}">'
            for path in contents if path.endswith(".js")
        )
        text = contents["index.html"].decode()
        return text.replace("{{base}}", base).replace("{{modules}}", preloads).encode()

    def answer(self, path: str, version: str | None) -> Response:
        """A file, or 404; kept by the browser for ever where it was asked for by its version."""
        file = self.files.get(path)
        if file is None:
            abort(404)
        response = _response(file, request)
        kept = version == self.version and path != "index.html"
        response.headers["Cache-Control"] = FOR_EVER if kept else ASK_AGAIN
        response.headers.update(HEADERS)
        return response


def add_pages(app: Flask, pages: StaticFiles) -> None:
    """Serve the client at / and its files below /page/."""

    @app.get("/")
    def page():
        return pages.answer("index.html", None)

    @app.get("/page/<path:path>")
    def page_file(path):
        # Another gateway may be a version ahead: what it names is served here as it is here.
        version, _, rest = path.partition("/")
        if rest and re.fullmatch(r"[0-9a-f]{12}", version):
            return pages.answer(rest, version)
        return pages.answer(path, None)


def content_security_policy(host: str) -> str:
    """What a page of this host may do: nothing but run its own files and talk to its own server."""
    # Not every browser takes 'self' to cover WebSockets.
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'{sockets}; manifest-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _response(file: File, asked: Request) -> Response:
    if asked.if_none_match.contains_weak(file.etag):
        response = Response(status=304)
    elif file.compressed and asked.accept_encodings["gzip"]:
        response = Response(file.compressed, mimetype=file.type)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(file.content, mimetype=file.type)
    response.set_etag(file.etag, weak=True)
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _version(contents: dict[str, bytes]) -> str:
    whole = hashlib.sha256()
    for path, content in sorted(contents.items()):
        whole.update(f"{path} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()[:12]


def _type(path: str) -> str:
    suffix = Path(path).suffix
    return TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
