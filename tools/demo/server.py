"""A server for the demo: the one that was asked for, the one that runs, or one of its own."""

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
from urllib.parse import urlsplit

from extensions.settings import Settings
from tools.errors import ToolError
from tools.launch.polling import wait_while
from tools.launch.prerequisites import provide
from tools.launch.settings import without_locations
from tools.launch.stack import Stack

DEFAULT_PORT = str(Settings().port)
PATIENCE = 60
HERE = ("localhost", "127.0.0.1", "::1")


@contextmanager
def server(given: str | None, say: Callable[[str], None]) -> Iterator[str]:
    """The address of a server that is ready, for as long as the block lasts.

    Where no address is given and none answers at the usual one, a server is started in a folder
    of its own, and stopped afterwards. Raises ToolError with what keeps it from being of use.
    """
    url = address(given or f"http://localhost:{os.environ.get('PORT') or DEFAULT_PORT}")
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
        with started(say) as url:
            yield url


def address(given: str) -> str:
    """The HTTP address of a server, from what somebody may well give. Raises ToolError."""
    text = given if "://" in given else f"http://{given}"
    parts = urlsplit(text)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in ("http", "https") or not parts.hostname:
        raise ToolError(f"{given} is no address of a server: give one as http://localhost:8000.")
    return f"{scheme}://{parts.netloc}"


def socket_address(url: str) -> str:
    """Where a server's WebSocket is."""
    return f"ws{url.removeprefix('http')}/ws"


def answers(url: str) -> bool:
    """Whether a server is there. Raises ToolError where something else is."""
    return _ask(url) is not None


def await_readiness(url: str) -> None:
    """Return when all of the server's services answer; raises ToolError where they keep not to."""
    wait_while(lambda: _unready(url), PATIENCE, interval=0.5)


@contextmanager
def started(say: Callable[[str], None]) -> Iterator[str]:
    """Run a server for as long as the block lasts. Where anything fails, its logs are kept."""
    provide("run")
    folder = Path(tempfile.mkdtemp(prefix="arbiter-demo-"))
    stack = Stack(folder, without_locations(os.environ))
    try:
        with stack:
            stack.start(say)
            wait_while(stack.problem, PATIENCE)
            yield stack.url
    except Exception:
        say(f"What the demo's server has said is in {folder}/log.")
        raise
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


def _unready(url: str) -> str | None:
    state = _ask(url)
    if state is None:
        return f"The server at {url} has gone: start it again, as by `make run`."
    if state["ready"]:
        return None
    ailing = ", ".join(state["not_answering"])
    return f"The server at {url} is not ready: {ailing} does not answer. See what it logs."


def _ask(url: str) -> dict | None:
    """What a server says of its readiness; None where nobody listens."""
    proxies = urllib.request.ProxyHandler({} if urlsplit(url).hostname in HERE else None)
    try:
        with urllib.request.build_opener(proxies).open(f"{url}/readyz", timeout=10) as answer:
            return _state(url, answer.read())
    except urllib.error.HTTPError as error:  # 503 where a service does not answer
        return _state(url, error.read())
    except OSError:
        return None
    except http.client.HTTPException:
        return _state(url, b"")


def _state(url: str, body: bytes) -> dict:
    try:
        state = json.loads(body)
        return {"ready": state["ready"], "not_answering": state["not_answering"]}
    except (ValueError, TypeError, KeyError):
        raise ToolError(
            f"What answers at {url} is not Arbiter: give another address, or another port, as in "
            "`make demo PORT=8001`."
        ) from None
