"""Waiting for something that takes its time to start."""

import time
from collections.abc import Callable

from tools.errors import ToolError


def wait_while(
    problem: Callable[[], str | None], timeout: float, interval: float = 0.1
) -> None:
    """Call `problem` until it returns None instead of a sentence that says what is wrong.

    Raises ToolError with the sentence after `timeout` seconds; `interval` is in seconds too.
    """
    deadline = time.monotonic() + timeout
    while sentence := problem():
        if time.monotonic() > deadline:
            raise ToolError(sentence)
        time.sleep(interval)
