"""What must be done however often it fails: in batches, each thing until it has succeeded."""

import logging
from collections.abc import Callable
from itertools import islice
from typing import Any

import eventlet

_log = logging.getLogger(__name__)

RETRY_PAUSE = 1.0
MOST_AT_ONCE = 100


class RetryQueue:
    """Does something of each thing that it is given, and does it again where it has failed."""

    def __init__(self, what: str, do: Callable[[list[Any]], None]):
        """Take what it is, as a plural for the log, and what does it of many things.

        Of what `do` takes out of its list it is not done again, should others of them fail.
        """
        self._what, self._do = what, do
        self._waiting: dict[Any, None] = {}
        self._working = False

    @property
    def idle(self) -> bool:
        """Whether all has been done."""
        return not self._working

    def add(self, *things: Any) -> None:
        """Have it done of these, each once even where it waits already."""
        self._waiting |= dict.fromkeys(things)
        if self._waiting and not self._working:
            self._working = True
            eventlet.spawn_n(self._work)

    def _work(self) -> None:
        while self._waiting:
            batch = list(islice(self._waiting, MOST_AT_ONCE))
            for thing in batch:
                del self._waiting[thing]
            try:
                self._do(batch)
            except Exception as error:  # kept, and done again: nobody else will
                _log.warning("%d %s will be tried again: %r", len(batch), self._what, error)
                self._waiting |= dict.fromkeys(batch)
                eventlet.sleep(RETRY_PAUSE)
        self._working = False
