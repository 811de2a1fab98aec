"""What every service does around each call that it serves: it goes on under the call's id and in
its trace, and logs a line."""

import logging
import time

from nameko.extensions import DependencyProvider
from nameko.messaging import Consumer
from nameko.rpc import Rpc

from extensions import request_id
from extensions.observability import logs, request_log, tracing

NOISE = ("ping", "renew")  # these come all the time, whatever players do


class EntrypointLogging(DependencyProvider):
    """Logs each call once it has been answered: what, how it ended, how long it took.

    What comes all the time is logged at DEBUG: what nobody has called for, as a timer, which says
    itself that it fails; and while they go well, NOISE and the methods named as `quiet`.
    """

    def __init__(self, quiet: tuple[str, ...] = ()):
        self.quiet = {*NOISE, *quiet}

    def bind(self, container, attr_name):
        logs.name_process(container.service_name)
        tracing.start(container.settings, container.service_name)
        return super().bind(container, attr_name)

    def stop(self):
        tracing.stop()

    def worker_setup(self, worker_ctx):
        request_id.resume(worker_ctx.call_id_stack[0])
        worker_ctx.span = tracing.served(
            worker_ctx.service_name, worker_ctx.entrypoint.method_name,
            worker_ctx.data.get(tracing.CONTEXT_KEY),
        )
        worker_ctx.began = time.perf_counter()

    def worker_result(self, worker_ctx, result=None, exc_info=None):
        error = exc_info[1] if exc_info else None
        quiet = self._is_quiet(worker_ctx, error)
        request_log.log_event(
            "served", logging.DEBUG if quiet else logging.INFO,
            method=f"{worker_ctx.service_name}.{worker_ctx.entrypoint.method_name}",
            outcome=request_log.outcome(error),
            ms=round(1000 * (time.perf_counter() - worker_ctx.began), 1),
            stack=">".join(worker_ctx.call_id_stack),
        )
        worker_ctx.span.end(request_log.outcome(error))

    def _is_quiet(self, worker_ctx, error) -> bool:
        entrypoint = worker_ctx.entrypoint
        called = isinstance(entrypoint, Rpc | Consumer)
        return not called or error is None and entrypoint.method_name in self.quiet
