"""When each connection of a process is to be pinged."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable

from eventlet.hubs import get_hub

_log = logging.getLogger(__name__)

TURN_SECONDS = 0.1


class Pings:
    """Calls what pings a connection, once every interval; it must not wait.

    The hub has one timer for all of them. What is due within a turn is called together: thousands
    of connections then wake the process ten times a second, and not for each ping and each pong.
    """

    def __init__(self, interval_seconds: float) -> None:
        self._interval = interval_seconds
        self._due: OrderedDict[Callable[[], None], float] = OrderedDict()  # the earliest first
        self._is_scheduled = False

    def add(self, ping: Callable[[], None]) -> None:
        """Call this after an interval, and again after each, until it is removed."""
        self._due[ping] = time.monotonic() + self._interval
        self._schedule()

    def remove(self, ping: Callable[[], None]) -> None:
        """Call this no more."""
        self._due.pop(ping, None)

    def _schedule(self) -> None:
        if self._due and not self._is_scheduled:
            self._is_scheduled = True
            seconds = next(iter(self._due.values())) - time.monotonic()
            get_hub().schedule_call_global(max(seconds, TURN_SECONDS), self._call_due)

    def _call_due(self) -> None:
        now = time.monotonic()
        while self._due and next(iter(self._due.values())) <= now:
            ping, _ = self._due.popitem(last=False)
            self._due[ping] = now + self._interval
            try:
                ping()
            except Exception:  # the others are to be pinged all the same
                _log.exception("A client could not be pinged")
        self._is_scheduled = False
        self._schedule()
