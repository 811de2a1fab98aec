"""A wait of one greenthread that others can end."""

import time
from typing import Any

from eventlet.hubs import get_hub
from greenlet import getcurrent


class Waiter:
    """Lets one greenthread wait for a socket, until a time is over, or until it is woken.

    Between two waits the hub goes on listening to the socket, and its timer stays. So a wait that
    ends soon, as most do, costs neither a system call nor a timer.
    """

    def __init__(self) -> None:
        self._is_woken = self._is_readable = False
        self._waiting: Any = None  # the greenthread that waits
        self._switch: Any = None  # the timer that will resume it
        self._listener: Any = None
        self._timer: Any = None
        self._timer_at = self._until = 0.0

    @property
    def is_waiting(self) -> bool:
        return self._waiting is not None

    def wake(self) -> None:
        """End the wait, or the next one where nobody waits. Not for use by native threads."""
        self._is_woken = True
        if self._waiting is not None and self._switch is None:
            self._switch = get_hub().schedule_call_global(0, self._waiting.switch)

    def wait(self, seconds: float, sock: Any = None) -> bool:
        """Wait for so many seconds, or until the socket can be read, or `wake` is called.

        Returns whether the socket can be read. It is to be the same one until `ignore` is called.
        """
        self._is_readable = False
        if not self._is_woken:
            self._prepare(seconds, sock)
            self._waiting = getcurrent()
            try:
                get_hub().switch()
            finally:
                self._waiting = None
                if self._switch is not None:
                    # It must not resume this greenthread in some other wait.
                    self._switch.cancel()
                    self._switch = None
        self._is_woken = False
        return self._is_readable

    def ignore(self) -> None:
        """Stop listening to the socket until the next wait."""
        listener, self._listener = self._listener, None
        if listener is not None:
            get_hub().remove(listener)

    def _prepare(self, seconds: float, sock: Any) -> None:
        hub = get_hub()
        if sock is not None and self._listener is None:
            self._listener = hub.add(
                hub.READ, sock.fileno(), self._on_readable, self._forget, self._forget
            )
        self._until = time.monotonic() + seconds
        if self._timer is not None and self._timer_at > self._until:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._set_timer(seconds)

    def _set_timer(self, seconds: float) -> None:
        self._timer_at = self._until
        self._timer = get_hub().schedule_call_global(seconds, self._on_time)

    # Called by the hub

    def _on_readable(self, _: int) -> None:
        if self._waiting is None:
            self.ignore()  # or this would be called until somebody reads
        else:
            self._is_readable = True
            self._waiting.switch()

    def _on_time(self) -> None:
        self._timer = None
        if self._waiting is None:
            return
        left = self._until - time.monotonic()
        if left > 0:
            self._set_timer(left)  # it was set for an earlier wait
        else:
            self._waiting.switch()

    def _forget(self, *_: object) -> None:
        self._listener = None
