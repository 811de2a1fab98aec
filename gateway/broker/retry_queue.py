"""A queue of work that is repeated until it succeeds."""

import logging
from collections.abc import Callable, Hashable
from itertools import islice
from typing import Generic, TypeVar

import eventlet

_log = logging.getLogger(__name__)

RETRY_PAUSE_SECONDS = 1.0
MAX_BATCH = 100

Item = TypeVar("Item", bound=Hashable)


class RetryQueue(Generic[Item]):
    """Works off items in batches, and repeats those that have failed."""

    def __init__(self, description: str, work: Callable[[list[Item]], None]) -> None:
        """Take what the items are, as a plural for the log, and what works off a batch.

        Where `work` raises, all items that it has left in its list are repeated.
        """
        self._description, self._work = description, work
        self._waiting: dict[Item, None] = {}
        self._running = False

    @property
    def idle(self) -> bool:
        """Whether all items have been worked off."""
        return not self._running

    def add(self, *items: Item) -> None:
        """Add items; one that waits already is worked off once."""
        self._waiting |= dict.fromkeys(items)
        if self._waiting and not self._running:
            self._running = True
            eventlet.spawn_n(self._run)

    def _run(self) -> None:
        while self._waiting:
            batch = list(islice(self._waiting, MAX_BATCH))
            for item in batch:
                del self._waiting[item]
            try:
                self._work(batch)
            except Exception as error:  # kept and repeated, as nobody else will do it
                what = self._description
                _log.warning("%d %s failed and will be retried: %r", len(batch), what, error)
                self._waiting |= dict.fromkeys(batch)
                eventlet.sleep(RETRY_PAUSE_SECONDS)
        self._running = False
