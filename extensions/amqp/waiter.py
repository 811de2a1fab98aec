"""A wait of one greenthread that others can end."""

from contextlib import suppress
from typing import Any

from eventlet.hubs import get_hub, trampoline
from greenlet import getcurrent


class Waiter:
    """Lets one greenthread wait for a socket, until a time is over, or until it is woken."""

    def __init__(self) -> None:
        self._is_woken = False
        self._waiting: Any = None  # the greenthread that waits
        self._switch: Any = None  # the timer that will resume it

    def wake(self) -> None:
        """End the wait, or the next one where nobody waits. Not for use by native threads."""
        self._is_woken = True
        if self._waiting is not None and self._switch is None:
            self._switch = get_hub().schedule_call_global(0, self._waiting.switch)

    def wait(self, seconds: float, sock: Any = None) -> None:
        """Wait for so many seconds, or until the socket can be read, or `wake` is called."""
        if not self._is_woken:
            self._waiting = getcurrent()
            try:
                self._suspend(seconds, sock)
            finally:
                self._waiting = None
                if self._switch is not None:
                    # It must not resume this greenthread in some other wait.
                    self._switch.cancel()
                    self._switch = None
        self._is_woken = False

    def _suspend(self, seconds: float, sock: Any) -> None:
        if sock is not None:
            with suppress(TimeoutError):
                trampoline(sock, read=True, timeout=seconds, timeout_exc=TimeoutError)
            return
        timer = get_hub().schedule_call_global(seconds, self._waiting.switch)
        try:
            get_hub().switch()
        finally:
            timer.cancel()
