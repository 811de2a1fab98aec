"""The RPC policy of all services and the gateway, in one place.

Every call has a deadline. A request expires when its caller has given up, and keeps its publisher
confirm, because that is how a service that is not running is noticed. Requests and replies are
transient: whatever matters can be sent again. A reply that cannot be sent is lost, and not the
end of the process, as it is in stock Nameko: its caller's repeat finds the outcome.

Importing this module puts the policy into force for the process.
"""

import logging
import os
import signal
import weakref

import eventlet
from eventlet.event import Event
from kombu import pools
from kombu.exceptions import OperationalError
from nameko import serialization
from nameko.amqp.publish import Publisher
from nameko.constants import CALL_ID_STACK_CONTEXT_KEY, NON_PERSISTENT
from nameko.containers import WorkerContext
from nameko.exceptions import RpcTimeout, UnknownService
from nameko.rpc import MethodProxy, ReplyListener, Responder
from nameko.rpc import RpcProxy as StockRpcProxy
from nameko.rpc import ServiceProxy as StockServiceProxy
from nameko.standalone.rpc import ClusterProxy
from nameko.standalone.rpc import ClusterRpcProxy as StockClusterRpcProxy

import extensions.amqp.queue_consumer  # noqa: F401  queues are consumed as it says
from extensions import request_id
from extensions.observability import health, metrics, tracing
from extensions.observability.health import ProcessHealth

_log = logging.getLogger(__name__)

DEFAULT_TIMEOUT = 5
POOL_LIMIT = 32
RETRY_POLICY = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.5}

# What a call raises that was not answered: nobody serves it, not in time, or there is no broker.
UNANSWERED_ERRORS = (RpcTimeout, UnknownService, OperationalError, OSError)

pools.set_limit(POOL_LIMIT)


def timeout(config) -> float:
    """The deadline of a call, in seconds (setting `RPC_TIMEOUT`)."""
    return float(config.get("RPC_TIMEOUT", DEFAULT_TIMEOUT))


class _TransientPublisher(Publisher):
    delivery_mode = NON_PERSISTENT
    retry_policy = RETRY_POLICY

    def publish(self, payload, **kwargs):
        # A dict of its own for each publish: kombu writes into it, and the pool is found by it.
        super().publish(payload, transport_options=dict(RETRY_POLICY), **kwargs)


class RequestPublisher(_TransientPublisher):
    """Sends a request, and learns by the confirm whether anybody will serve it."""

    use_confirms = True


class ReplyPublisher(_TransientPublisher):
    """Sends a reply without waiting; one that cannot be sent is logged and lost."""

    use_confirms = False

    def publish(self, payload, **kwargs):
        try:
            super().publish(payload, **kwargs)
        except Exception as error:  # whatever it was: the container would die of it
            _log.warning("A reply could not be sent and is lost: %s", error)


MethodProxy.publisher_cls = RequestPublisher
Responder.publisher_cls = ReplyPublisher


class _Reply(Event):
    """A reply that is waited for with a deadline, and forgotten afterwards."""

    def __init__(self, listener, correlation_id):
        super().__init__()
        self._listener, self._correlation_id = listener, correlation_id

    def wait(self):
        seconds = self._listener.timeout
        try:
            with eventlet.Timeout(seconds, RpcTimeout(seconds)):
                return super().wait()
        finally:
            health.touch()
            self._listener._reply_events.pop(self._correlation_id, None)


class GreenReplyListener(ReplyListener):
    """Serves any number of greenthreads by one reply queue; late replies are dropped."""

    def __init__(self, timeout=None, **kwargs):
        super().__init__(**kwargs)
        self.timeout = timeout
        # Weak, so that a publish that failed leaves nothing behind.
        self._reply_events = weakref.WeakValueDictionary()

    def setup(self):
        self.timeout = self.timeout or timeout(self.container.config)
        super().setup()

    def get_reply_event(self, correlation_id):
        reply = self._reply_events[correlation_id] = _Reply(self, correlation_id)
        return reply


def _options(config):
    seconds = timeout(config)
    return {"expiration": seconds, "confirm_timeout": seconds}


class _Method(MethodProxy):
    """A method of another service, whose calls are counted, and traced where there is tracing."""

    def __call__(self, *args, **kwargs):
        target, method = self.service_name, self.method_name
        with (
            metrics.CALLS_IN_FLIGHT.labels(target).track_inprogress(),
            metrics.CALL_SECONDS.labels(target, method).time(),
            metrics.CALLS_UNANSWERED.labels(target).count_exceptions(UNANSWERED_ERRORS),
            tracing.call(target, method),
        ):
            return super().__call__(*args, **kwargs)

    def get_message_headers(self, worker_ctx):
        headers = super().get_message_headers(worker_ctx)
        if traceparent := tracing.traceparent():
            headers[self._get_header_name(tracing.CONTEXT_KEY)] = traceparent
        return headers


class ServiceProxy(StockServiceProxy):
    """Another service's methods."""

    def __getattr__(self, name):
        return _Method(
            self.worker_ctx, self.service_name, name, self.reply_listener, **self.options
        )


class RpcProxy(StockRpcProxy):
    """One service's way to another, under the policy."""

    rpc_reply_listener = GreenReplyListener()

    def get_dependency(self, worker_ctx):
        options = {**_options(self.container.config), **self.options}
        return ServiceProxy(worker_ctx, self.target_service, self.rpc_reply_listener, **options)


class _CallContext(WorkerContext):
    """What goes along with each RPC: the id of the call that the greenthread serves."""

    @property
    def context_data(self):
        call_id = request_id.current()
        return {CALL_ID_STACK_CONTEXT_KEY: [call_id] if call_id else []}


class _PolicyClusterProxy(ClusterProxy):
    def __getattr__(self, name):
        if name not in self._proxies:
            options = _options(self._worker_ctx.config)
            self._proxies[name] = ServiceProxy(
                self._worker_ctx, name, self._reply_listener, **options
            )
        return self._proxies[name]


def _end_with(greenthread):
    """End the process where the reader of replies has failed: every call would time out."""
    try:
        greenthread.wait()
    except Exception:  # whatever it was: nothing else would take notice of it
        _log.critical("The reader of RPC replies has failed", exc_info=True)
        os.kill(os.getpid(), signal.SIGTERM)


class ClusterRpcProxy(StockClusterRpcProxy):
    """Every service's methods for any number of greenthreads, over one connection and reply queue.

    `start()` blocks until the broker answers. A broker that restarts is found again.
    """

    class ServiceContainer(StockClusterRpcProxy.ServiceContainer):
        max_workers = 1000  # the prefetch of the reply queue

        def __init__(self, config):
            super().__init__(config)
            self.serializer, self.accept = serialization.setup(config)
            self.health = ProcessHealth()

        def spawn_managed_thread(self, function, identifier=None):
            greenthread = eventlet.spawn(function)
            greenthread.link(_end_with)
            return greenthread

    def __init__(self, config, **kwargs):
        super().__init__(config, reply_listener_cls=GreenReplyListener, **kwargs)
        self._worker_ctx = _CallContext(self._worker_ctx.container, None, self.Dummy)
        self._proxy = _PolicyClusterProxy(self._worker_ctx, self._reply_listener)

    @property
    def health(self) -> ProcessHealth:
        """The health of the process, which watches the reader of replies."""
        return self._worker_ctx.container.health

    def reachable(self) -> bool:
        """Whether the broker can be reached, tried just now."""
        return self._reply_listener.queue_consumer.reachable()

    def start(self):
        proxy = super().start()
        self._reply_listener.queue_consumer.start()
        return proxy

    def stop(self):
        super().stop()
        self._reply_listener.queue_consumer.stop()
