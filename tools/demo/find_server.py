"""Finds a server for the demo: at a given address, at the usual one, or started for the demo."""

import http.client
import json
import os
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from extensions.settings import Settings
from tools.errors import ToolError
from tools.launch.polling import wait_while
from tools.launch.prerequisites import provide
from tools.launch.settings import without_locations
from tools.launch.stack import Stack

DEFAULT_PORT = str(Settings().port)
READY_TIMEOUT_SECONDS = 60
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class Readiness(TypedDict):
    """The body of `/readyz`."""

    ready: bool
    not_answering: list[str]


@contextmanager
def ready_server(given: str | None, say: Callable[[str], None]) -> Iterator[str]:
    """Yield the address of a server that is ready.

    If no address is given and no server answers at the usual one, a server is started in a
    temporary folder, and stopped afterwards. Raises ToolError if there is no usable server.
    """
    url = http_address(given or f"http://localhost:{os.environ.get('PORT') or DEFAULT_PORT}")
    if answers(url):
        await_readiness(url)
        yield url
    elif given:
        raise ToolError(
            f"No server answers at {url}: start one there, as by `make run`, or give no address, "
            "and the demo starts its own."
        )
    else:
        say(f"No server answers at {url}, so the demo starts one of its own, and stops it after.")
        with temporary_server(say) as url:
            yield url


def http_address(given: str) -> str:
    """Return the HTTP address of a server, given in one of several forms; raise ToolError."""
    text = given if "://" in given else f"http://{given}"
    parts = urlsplit(text)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in ("http", "https") or not parts.hostname:
        raise ToolError(f"{given} is no address of a server: give one as http://localhost:8000.")
    return f"{scheme}://{parts.netloc}"


def socket_address(url: str) -> str:
    """Return the WebSocket address of a server."""
    return f"ws{url.removeprefix('http')}/ws"


def answers(url: str) -> bool:
    """Return whether Arbiter answers at the address; raise ToolError if something else does."""
    return _readiness(url) is not None


def await_readiness(url: str) -> None:
    """Return when all services of the server answer; raise ToolError if they don't in time."""
    wait_while(lambda: _problem(url), READY_TIMEOUT_SECONDS, interval=0.5)


@contextmanager
def temporary_server(say: Callable[[str], None]) -> Iterator[str]:
    """Run a server in a temporary folder, and yield its address; keep its logs on a failure."""
    provide("run")
    folder = Path(tempfile.mkdtemp(prefix="arbiter-demo-"))
    stack = Stack(folder, without_locations(os.environ))
    try:
        with stack:
            stack.start(say)
            wait_while(stack.problem, READY_TIMEOUT_SECONDS)
            yield stack.url
    except Exception:  # whatever it is, the logs may tell of it
        say(f"The logs of the demo's server are in {folder}/log.")
        raise
    except BaseException:  # Ctrl-C: nobody asks for the logs
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


def _problem(url: str) -> str | None:
    state = _readiness(url)
    if state is None:
        return f"The server at {url} has gone: start it again, as by `make run`."
    if state["ready"]:
        return None
    services = ", ".join(state["not_answering"])
    return f"The server at {url} is not ready: {services} does not answer. See its logs."


def _readiness(url: str) -> Readiness | None:
    """Return the answer of `/readyz`; None where no program listens."""
    proxies = urllib.request.ProxyHandler({} if urlsplit(url).hostname in THIS_MACHINE else None)
    try:
        with urllib.request.build_opener(proxies).open(f"{url}/readyz", timeout=10) as answer:
            return _parsed(url, answer.read())
    except urllib.error.HTTPError as error:  # 503 where a service does not answer
        return _parsed(url, error.read())
    except OSError:
        return None
    except http.client.HTTPException:
        return _parsed(url, b"")


def _parsed(url: str, body: bytes) -> Readiness:
    try:
        state = json.loads(body)
        return {"ready": state["ready"], "not_answering": state["not_answering"]}
    except (ValueError, TypeError, KeyError):
        raise ToolError(
            f"What answers at {url} is not Arbiter: give another address, or another port, as in "
            "`make demo PORT=8001`."
        ) from None
