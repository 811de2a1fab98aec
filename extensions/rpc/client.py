"""Proxies for the methods of other services: one for services, one for the gateway."""

import logging
import os
import signal
from collections.abc import Callable
from typing import Any

import eventlet
from nameko import serialization
from nameko.constants import CALL_ID_STACK_CONTEXT_KEY
from nameko.containers import WorkerContext
from nameko.rpc import MethodProxy
from nameko.rpc import RpcProxy as StockRpcProxy
from nameko.rpc import ServiceProxy as StockServiceProxy
from nameko.standalone.rpc import ClusterProxy
from nameko.standalone.rpc import ClusterRpcProxy as StockClusterRpcProxy

from extensions import request_id
from extensions.observability import metrics, tracing
from extensions.observability.health import ProcessHealth
from extensions.rpc.policy import UNANSWERED_ERRORS, RequestPublisher, call_options
from extensions.rpc.reply_listener import GreenReplyListener
from extensions.settings import Settings

_log = logging.getLogger(__name__)

REPLY_QUEUE_PREFETCH = 1000


class _Method(MethodProxy):
    """A method of another service, whose calls are counted and traced."""

    publisher_cls = RequestPublisher

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        target, method = self.service_name, self.method_name
        with (
            metrics.CALLS_IN_FLIGHT.labels(target).track_inprogress(),
            metrics.CALL_SECONDS.labels(target, method).time(),
            metrics.CALLS_UNANSWERED.labels(target).count_exceptions(UNANSWERED_ERRORS),
            tracing.call(target, method),
        ):
            return super().__call__(*args, **kwargs)

    def get_message_headers(self, worker_ctx: Any) -> dict[str, Any]:
        headers: dict[str, Any] = super().get_message_headers(worker_ctx)
        if traceparent := tracing.traceparent():
            headers[self._get_header_name(tracing.CONTEXT_KEY)] = traceparent
        return headers


class ServiceProxy(StockServiceProxy):
    """The methods of another service."""

    def __getattr__(self, name: str) -> _Method:
        return _Method(
            self.worker_ctx, self.service_name, name, self.reply_listener, **self.options
        )


class RpcProxy(StockRpcProxy):
    """Gives a service the methods of another one."""

    rpc_reply_listener = GreenReplyListener()

    def get_dependency(self, worker_ctx: Any) -> ServiceProxy:
        options = {**call_options(self.container.settings), **self.options}
        return ServiceProxy(worker_ctx, self.target_service, self.rpc_reply_listener, **options)


class _CallContext(WorkerContext):
    """What goes along with each RPC: the id of the request that the greenthread serves."""

    @property
    def context_data(self) -> dict[str, list[str]]:
        current = request_id.current()
        return {CALL_ID_STACK_CONTEXT_KEY: [current] if current else []}


class _Services(ClusterProxy):
    """A proxy for each service, made when it is first needed."""

    def __getattr__(self, name: str) -> ServiceProxy:
        if name not in self._proxies:
            options = call_options(self._worker_ctx.container.settings)
            self._proxies[name] = ServiceProxy(
                self._worker_ctx, name, self._reply_listener, **options
            )
        return self._proxies[name]


def _end_process_with(greenthread: Any) -> None:
    """End the process if the reader of replies has failed: every call would time out."""
    try:
        greenthread.wait()
    except Exception:  # of any kind: nobody else waits for this greenthread
        _log.critical("The reader of RPC replies has failed", exc_info=True)
        os.kill(os.getpid(), signal.SIGTERM)


class ClusterRpcProxy(StockClusterRpcProxy):
    """The methods of all services, for any number of greenthreads, over one reply queue.

    `start()` blocks until the broker answers. The connection is made again after it has broken.
    """

    class ServiceContainer(StockClusterRpcProxy.ServiceContainer):
        max_workers = REPLY_QUEUE_PREFETCH

        def __init__(self, settings: Settings) -> None:
            super().__init__(settings.for_nameko())
            self.settings = settings
            self.serializer, self.accept = serialization.setup(self.config)
            self.health = ProcessHealth()

        def spawn_managed_thread(
            self, function: Callable[[], None], identifier: str | None = None
        ) -> Any:
            greenthread = eventlet.spawn(function)
            greenthread.link(_end_process_with)
            return greenthread

    _worker_ctx: Any

    def __init__(self, settings: Settings, **kwargs: Any) -> None:
        super().__init__(settings, reply_listener_cls=GreenReplyListener, **kwargs)
        self._worker_ctx = _CallContext(self._worker_ctx.container, None, self.Dummy)
        self._proxy = _Services(self._worker_ctx, self._reply_listener)

    @property
    def health(self) -> ProcessHealth:
        """The health of the process, which watches the reader of replies."""
        health: ProcessHealth = self._worker_ctx.container.health
        return health

    def reachable(self) -> bool:
        """Try whether the broker can be reached now."""
        reachable: bool = self._reply_listener.queue_consumer.reachable()
        return reachable

    def start(self) -> ClusterProxy:
        proxy = super().start()
        self._reply_listener.queue_consumer.start()
        return proxy

    def stop(self) -> None:
        super().stop()
        self._reply_listener.queue_consumer.stop()
