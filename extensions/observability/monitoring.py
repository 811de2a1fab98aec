"""What a service tells of itself to Prometheus: what it does, and on demand how things stand."""

import time
from contextlib import suppress
from typing import Any

import eventlet
from eventlet.event import Event
from nameko.extensions import DependencyProvider, Entrypoint
from prometheus_client import REGISTRY

from extensions.errors import ServiceError
from extensions.observability import metrics
from extensions.observability.exposition import Exposition
from extensions.rpc.policy import UNANSWERED_ERRORS

PATIENCE = 2.0  # seconds that a scrape waits for a service to look how things stand


class Monitoring(DependencyProvider):
    """Counts what the entrypoints of a service do, and offers all that is counted over HTTP."""

    exposition: Exposition | None = None

    def setup(self):
        self._began: dict[Any, float] = {}
        metrics.IN_PROGRESS.set_function(lambda: len(self._began))
        self.exposition = Exposition(self.container.settings, self.container.service_name)
        self.exposition.start()

    def stop(self):
        if self.exposition is not None:
            self.exposition.stop()

    def worker_setup(self, worker_ctx):
        self._began[worker_ctx] = time.perf_counter()

    def worker_result(self, worker_ctx, result=None, exc_info=None):
        seconds = time.perf_counter() - self._began.pop(worker_ctx)
        entrypoint = worker_ctx.entrypoint
        kind = getattr(entrypoint, "metric_kind", type(entrypoint).__name__.lower())
        method = entrypoint.method_name
        error = exc_info[1] if exc_info else None
        metrics.REQUESTS.labels(kind, method, outcome(error)).inc()
        metrics.REQUEST_SECONDS.labels(kind, method).observe(seconds)


def outcome(error: BaseException | None) -> str:
    """What became of a request: `ok`, the type of its refusal, `unanswered`, or `error`."""
    if error is None:
        return "ok"
    if isinstance(error, ServiceError):
        return type(error).__name__
    return "unanswered" if isinstance(error, UNANSWERED_ERRORS) else "error"


class Gauges(Entrypoint):
    """Has a method set gauges whenever they are asked for; they are to be in no registry.

    Where the method fails, or takes too long, the scrape goes without them, and counts that.
    """

    def __init__(self, *gauges, **options):
        super().__init__(**options)
        self.gauges = gauges
        self._looking: Any = None

    def start(self):
        REGISTRY.register(self)

    def stop(self):
        with suppress(KeyError):  # it may be stopped before it was started
            REGISTRY.unregister(self)

    def kill(self):
        self.stop()

    def describe(self):
        return []  # else registering would look, and the container has not started yet

    def collect(self):
        if not self._look():
            metrics.SCRAPE_ERRORS.inc()
            return
        for gauge in self.gauges:
            yield from gauge.collect()

    def _look(self) -> bool:
        """Have the method look; where it still does, for an earlier scrape, wait for that."""
        if self._looking is None:
            self._looking = Event()
            # On the side, as this waits where the service has no worker to spare.
            eventlet.spawn_n(
                self.container.spawn_worker, self, (), {}, handle_result=self._handle_result
            )
        with eventlet.Timeout(PATIENCE, False):  # around an event in memory, never around I/O
            return self._looking.wait()
        return False

    def _handle_result(self, worker_ctx, result, exc_info):
        looking, self._looking = self._looking, None
        looking.send(exc_info is None)
        return result, exc_info


gauges = Gauges.decorator
