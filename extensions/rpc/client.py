"""Proxies for the methods of other services: one for services, one for the gateway."""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import eventlet
from nameko.constants import CALL_ID_STACK_CONTEXT_KEY
from nameko.extensions import DependencyProvider, SharedExtension
from nameko.messaging import HeaderEncoder

from extensions import request_id
from extensions.amqp.broker_link import BrokerLink, is_reachable
from extensions.amqp.link import Link
from extensions.errors import UNANSWERED_ERRORS
from extensions.observability import metrics, tracing
from extensions.observability.health import ProcessHealth
from extensions.rpc.calls import Calls
from extensions.settings import Settings

Headers = Callable[[], dict[str, Any]]

_header_name = HeaderEncoder()._get_header_name
CALL_ID_STACK_HEADER = _header_name(CALL_ID_STACK_CONTEXT_KEY)
TRACE_HEADER = _header_name(tracing.CONTEXT_KEY)


class ServiceProxy:
    """The methods of another service, whose calls are counted and traced."""

    def __init__(self, calls: Calls, service: str, get_headers: Headers) -> None:
        self._calls, self._service, self._get_headers = calls, service, get_headers

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda *args, **kwargs: self._call(method, args, kwargs)

    def _call(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        in_flight, seconds, unanswered = _metrics(self._service, method)
        with (
            in_flight.track_inprogress(), seconds.time(),
            unanswered.count_exceptions(UNANSWERED_ERRORS), tracing.call(self._service, method),
        ):
            headers = self._get_headers()
            if traceparent := tracing.traceparent():
                headers[TRACE_HEADER] = traceparent
            return self._calls.call(self._service, method, args, kwargs, headers)

    def submit(
        self, method: str, args: tuple[Any, ...], on_outcome: Callable[[Any], None]
    ) -> None:
        """Call a method without waiting; `on_outcome` gets the result or the error.

        It must not wait either.
        """
        in_flight, seconds, unanswered = _metrics(self._service, method)
        began = time.perf_counter()
        in_flight.inc()

        def end(outcome: Any) -> None:
            in_flight.dec()
            seconds.observe(time.perf_counter() - began)
            if isinstance(outcome, UNANSWERED_ERRORS):
                unanswered.inc()
            on_outcome(outcome)

        try:
            self._calls.submit(self._service, method, args, {}, self._get_headers(), end)
        except Exception as error:  # what cannot be encoded
            end(error)


@lru_cache(maxsize=1000)
def _metrics(service: str, method: str) -> tuple[Any, Any, Any]:
    return (
        metrics.CALLS_IN_FLIGHT.labels(service), metrics.CALL_SECONDS.labels(service, method),
        metrics.CALLS_UNANSWERED.labels(service),
    )


class ServiceCalls(SharedExtension):
    """The calls of a service, over its link to the broker."""

    broker = BrokerLink()
    calls: Calls

    def setup(self) -> None:
        self.calls = Calls(
            self.broker.link, self.container.service_name, self.container.settings.rpc_timeout
        )


class RpcProxy(DependencyProvider):
    """Gives a service the methods of another one."""

    service_calls = ServiceCalls()

    def __init__(self, target_service: str) -> None:
        self.target_service = target_service

    def get_dependency(self, worker_ctx: object) -> ServiceProxy:
        return ServiceProxy(
            self.service_calls.calls, self.target_service,
            lambda: HeaderEncoder().get_message_headers(worker_ctx),
        )


def _headers_of_greenthread() -> dict[str, Any]:
    """Return what goes along with a call: the id of the request that the greenthread serves."""
    current = request_id.current()
    return {CALL_ID_STACK_HEADER: [current] if current else []}


class Cluster:
    """The methods of all services, as `cluster.service.method()` or `cluster["service"].method()`.

    For any number of greenthreads. The connection is made again after it has broken.
    """

    def __init__(self, settings: Settings, caller: str) -> None:
        """Take the name of this process, which names the queue of its replies."""
        self._uri = settings.amqp_uri
        self._link = Link("rpc_link", settings.amqp_uri, settings.heartbeat)
        self.calls = Calls(self._link, caller, settings.rpc_timeout)
        self._proxies: dict[str, ServiceProxy] = {}
        self.health = ProcessHealth()
        self.health.add(self._link.health)

    def __getitem__(self, service: str) -> ServiceProxy:
        if service not in self._proxies:
            self._proxies[service] = ServiceProxy(self.calls, service, _headers_of_greenthread)
        return self._proxies[service]

    def __getattr__(self, service: str) -> ServiceProxy:
        return self[service]

    @property
    def is_blocked(self) -> bool:
        """Whether the broker takes no messages."""
        return self._link.is_blocked

    def reachable(self) -> bool:
        """Try now whether the broker can be reached, and takes messages."""
        return not self.is_blocked and is_reachable(self._uri)

    def start(self) -> None:
        """Connect; blocks until the broker answers."""
        self._running = eventlet.spawn(self._link.run)
        self._link.await_connected()

    def stop(self) -> None:
        """Take leave of the broker."""
        self._link.stop()
        self._running.wait()
