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
TYPES_BY_SUFFIX = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
    ".json": "application/json",
}
# The folder holds other files, which are not served: its type checks, and what Python makes of it.
PAGE_SUFFIXES = (".html", ".css", ".js", ".svg")
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


class CachedFiles:
    """Files by their paths, and the version that all of them have together."""

    def __init__(
        self, contents: dict[str, bytes], version: str, headers: dict[str, str] | None = None
    ) -> None:
        self.version = version
        self._headers = {**HEADERS, **(headers or {})}
        self.files = {
            path: File.of(content, TYPES_BY_SUFFIX[Path(path).suffix])
            for path, content in contents.items()
        }

    def answer(self, path: str, version: str | None = None) -> Response:
        """Return a file or 404. Browsers cache files of the present version for ever."""
        file = self.files.get(path)
        if file is None:
            abort(404)
        response = _response(file, request)
        is_permanent = version == self.version and path != "index.html"
        response.headers["Cache-Control"] = CACHE_FOR_EVER if is_permanent else REVALIDATE
        response.headers.update(self._headers)
        return response

    def answer_versioned(self, path: str) -> Response:
        """Return the file of a path that may begin with a version, or 404.

        The page may come from a gateway of another release: any version is served as it is here.
        """
        version, _, rest = path.partition("/")
        if rest and re.fullmatch(r"[0-9a-f]{12}", version):
            return self.answer(rest, version)
        return self.answer(path)


class StaticFiles(CachedFiles):
    """All files of the client, by their paths below its folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        found = sorted(each for each in folder.rglob("*") if each.suffix in PAGE_SUFFIXES)
        contents = {each.relative_to(folder).as_posix(): each.read_bytes() for each in found}
        version = version_of(contents)
        super().__init__({**contents, "index.html": _index(contents, version)}, version)


def _index(contents: dict[str, bytes], version: str) -> bytes:
    """Return the page, which makes browsers fetch at once what `app.js` imports."""
    base = f"/page/{version}"
    preloads = "\n  ".join(
        f'<link rel="modulepreload" href="{base}/{path}">'
        for path in sorted(_imported("app.js", contents, set()))
    )
    text = contents["index.html"].decode()
    return text.replace("{{base}}", base).replace("{{modules}}", preloads).encode()


def add_static_routes(app: Flask, files: StaticFiles) -> None:
    """Serve the client at / and its files below /page/."""

    @app.get("/")
    def page() -> Response:
        return files.answer("index.html")

    @app.get("/page/<path:path>")
    def page_file(path: str) -> Response:
        return files.answer_versioned(path)


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


def version_of(contents: dict[str, bytes]) -> str:
    """Return the version of files: any change of one gives another."""
    whole = hashlib.sha256()
    for path, content in sorted(contents.items()):
        whole.update(f"{path} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()[:12]
