"""Logs and traces each call that a service serves, under the id of its request."""

import logging
import time
from types import TracebackType
from typing import Any

from nameko.containers import WorkerContext
from nameko.extensions import DependencyProvider
from nameko.messaging import Consumer
from nameko.rpc import Rpc

from extensions import request_id
from extensions.observability import logs, request_log, tracing

QUIET_METHODS = ("ping", "renew")  # called all the time, whatever players do


class EntrypointLogging(DependencyProvider):
    """Logs each call once it has been answered: what, how it ended, how long it took.

    Logged at DEBUG are timers, which log their failures themselves, and calls without an error of
    QUIET_METHODS and of the methods named as `quiet`.
    """

    def __init__(self, quiet: tuple[str, ...] = ()) -> None:
        self.quiet = {*QUIET_METHODS, *quiet}

    def bind(self, container: Any, attr_name: str) -> "EntrypointLogging":
        logs.name_process(container.settings.process_name or container.service_name)
        tracing.start(container.settings, container.service_name)
        bound: EntrypointLogging = super().bind(container, attr_name)
        return bound

    def stop(self) -> None:
        tracing.stop()

    def worker_setup(self, worker_ctx: WorkerContext) -> None:
        request_id.resume(worker_ctx.call_id_stack[0])
        worker_ctx.span = tracing.served(
            worker_ctx.service_name, worker_ctx.entrypoint.method_name,
            worker_ctx.data.get(tracing.CONTEXT_KEY),
        )
        worker_ctx.began = time.perf_counter()

    def worker_result(
        self, worker_ctx: WorkerContext, result: object = None,
        exc_info: tuple[type[BaseException], BaseException, TracebackType] | None = None,
    ) -> None:
        error = exc_info[1] if exc_info else None
        level = logging.DEBUG if self._is_quiet(worker_ctx, error) else logging.INFO
        if request_log.is_logged(level):
            request_log.log_event(
                "served", level,
                method=f"{worker_ctx.service_name}.{worker_ctx.entrypoint.method_name}",
                outcome=request_log.outcome(error),
                ms=round(1000 * (time.perf_counter() - worker_ctx.began), 1),
                stack=">".join(worker_ctx.call_id_stack),
            )
        worker_ctx.span.end(request_log.outcome(error))

    def _is_quiet(self, worker_ctx: WorkerContext, error: BaseException | None) -> bool:
        entrypoint = worker_ctx.entrypoint
        called = isinstance(entrypoint, Rpc | Consumer)
        return not called or error is None and entrypoint.method_name in self.quiet
