"""Gauges of a service, which a method sets whenever its metrics are scraped."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import eventlet
from eventlet.event import Event
from nameko.containers import WorkerContext
from nameko.extensions import Entrypoint
from prometheus_client import REGISTRY, Gauge, Metric

from extensions.errors import ExcInfo, StorageAway
from extensions.observability import metrics

GAUGES_TIMEOUT_SECONDS = 2.0  # for a scrape to wait until a service has set its gauges


class Gauges(Entrypoint):
    """Has a method set gauges at each scrape; they must be in no registry.

    Where the method fails, as without its storage, or takes too long, the scrape lacks them, and
    counts that.
    """

    def __init__(self, *gauges: Gauge, **options: Any) -> None:
        super().__init__(expected_exceptions=StorageAway, **options)
        self.gauges = gauges
        self._running: Any = None

    def start(self) -> None:
        REGISTRY.register(self)

    def stop(self) -> None:
        with suppress(KeyError):  # it may be stopped before it was started
            REGISTRY.unregister(self)

    def kill(self) -> None:
        self.stop()

    def describe(self) -> list[Metric]:
        return []  # else registering would run the method before the container has started

    def collect(self) -> Iterator[Metric]:
        if not self._set_gauges():
            metrics.SCRAPE_ERRORS.inc()
            return
        for gauge in self.gauges:
            yield from gauge.collect()

    def _set_gauges(self) -> bool:
        """Run the method and wait; where it still runs for an earlier scrape, wait for that."""
        if self._running is None:
            self._running = Event()
            # In a greenthread, as `spawn_worker` blocks while all workers are busy.
            eventlet.spawn_n(
                self.container.spawn_worker, self, (), {}, handle_result=self._handle_result
            )
        # Around an event in memory, never around I/O.
        with eventlet.Timeout(GAUGES_TIMEOUT_SECONDS, False):
            return bool(self._running.wait())
        return False

    def _handle_result(
        self, worker_ctx: WorkerContext, result: object, exc_info: ExcInfo | None
    ) -> tuple[object, ExcInfo | None]:
        running, self._running = self._running, None
        running.send(exc_info is None)
        return result, exc_info


gauges = Gauges.decorator
