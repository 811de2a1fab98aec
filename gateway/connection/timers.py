"""The timers of one connection."""

from collections.abc import Callable
from typing import Any

import eventlet
from eventlet.hubs import get_hub


class Timers:
    """Named timers, each of which calls something once; all end with the connection."""

    def __init__(self) -> None:
        self._timers: dict[str, Any] = {}
        self._cancelled = False

    def set(self, name: str, seconds: float, action: Callable[..., None], *args: Any) -> None:
        """Call an action after some seconds, in place of what this timer was set to."""
        if name in self._timers:
            self._timers.pop(name).cancel()
        if not self._cancelled:
            # A greenthread spawned by spawn_after would live, with all that it references, until
            # its time even if cancelled: a closed connection would stay as long as its token.
            self._timers[name] = get_hub().schedule_call_global(
                seconds, eventlet.spawn_n, action, *args
            )

    def cancel_all(self) -> None:
        """Cancel all timers, for good."""
        self._cancelled = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
