"""Counts and times the requests of a service, and serves its metrics."""

import time
from typing import Any

from nameko.containers import WorkerContext
from nameko.extensions import DependencyProvider

from extensions.errors import UNANSWERED_ERRORS, ExcInfo, ServiceError
from extensions.observability import health, metrics
from extensions.observability.metrics_server import MetricsServer


class RequestMetrics(DependencyProvider):
    """Counts and times what the entrypoints of a service do, and serves all metrics over HTTP."""

    server: MetricsServer | None = None

    def setup(self) -> None:
        self._began: dict[Any, float] = {}
        metrics.IN_PROGRESS.set_function(lambda: len(self._began))
        self.server = MetricsServer(
            self.container.settings, self.container.service_name, health.of(self.container)
        )
        self.server.start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()

    def worker_setup(self, worker_ctx: WorkerContext) -> None:
        self._began[worker_ctx] = time.perf_counter()

    def worker_result(
        self, worker_ctx: WorkerContext, result: object = None, exc_info: ExcInfo | None = None
    ) -> None:
        seconds = time.perf_counter() - self._began.pop(worker_ctx)
        entrypoint = worker_ctx.entrypoint
        kind = getattr(entrypoint, "metric_kind", type(entrypoint).__name__.lower())
        method = entrypoint.method_name
        error = exc_info[1] if exc_info else None
        metrics.requests(kind, method, outcome(error)).inc()
        metrics.request_seconds(kind, method).observe(seconds)


def outcome(error: BaseException | None) -> str:
    """Return how a request ended: `ok`, the type of its refusal, `unanswered`, or `error`."""
    if error is None:
        return "ok"
    if isinstance(error, ServiceError):
        return type(error).__name__
    return "unanswered" if isinstance(error, UNANSWERED_ERRORS) else "error"
