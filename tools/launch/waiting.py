"""Waiting for what comes up in its own time."""

import time
from collections.abc import Callable

from tools.launch import Trouble


def wait_until(ready: Callable[[], str | None], timeout: float, pause: float = 0.1) -> None:
    """Return when `ready` returns None; until then it returns a sentence that says what is amiss.

    Raises Trouble with that sentence after `timeout` seconds.
    """
    give_up = time.monotonic() + timeout
    while reason := ready():
        if time.monotonic() > give_up:
            raise Trouble(reason)
        time.sleep(pause)
