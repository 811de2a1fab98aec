"""Calls that are made again while the server is away or has too much to do."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

from client import Client, Refused

MAX_ATTEMPTS = 10
PAUSE_SECONDS = 0.5
TRANSIENT_ERRORS = ("Unavailable", "RateLimited")


def call(client: Client, method: str, **params: Any) -> Any:
    """Call a method, and again where the server can't serve it yet; a command keeps its id.

    Raises Refused, Closed or TimeoutError as the client does.
    """
    if method == "sessions.execute":
        params = {"command_id": uuid.uuid4().hex, **params}
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            return client.call(method, **params)
        except Refused as error:
            if error.type not in TRANSIENT_ERRORS or attempt == MAX_ATTEMPTS:
                raise
            time.sleep(error.details.get("retry_after", PAUSE_SECONDS * attempt))


def all_items(client: Client, method: str, **params: Any) -> Iterator[Any]:
    """Yield the items of all pages of a list; raises as `call` does."""
    page = call(client, method, **params)
    yield from page["items"]
    while page["next"] is not None:
        page = call(client, method, after=page["next"], **params)
        yield from page["items"]
