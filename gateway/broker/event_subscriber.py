"""Anonymous queues of events, one for each connection.

A queue is bound to just the routing keys that its connection may receive. All of them are on one
link, whose owner receives the messages.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import eventlet

from extensions import request_id
from extensions.amqp.frames import Delivery
from extensions.amqp.link import Link, NotConnected
from extensions.observability import request_log
from gateway.broker import event_exchange
from gateway.broker.service_event import ServiceEvent
from gateway.protocol.errors import Unavailable

_log = logging.getLogger(__name__)

MAX_EVENT_DELAY_SECONDS = 10.0  # until an event is announced, unless its service cannot
OPERATION_TIMEOUT_SECONDS = 5.0
MAX_LOGGED_IDS = 1000  # ids of events that are remembered as logged


@dataclass(eq=False)
class AnonymousQueue:
    """A queue of events, its routing keys, and what is called with each event."""

    on_event: Callable[[ServiceEvent], None]
    keys: set[str] = field(default_factory=set)
    name: str | None = None
    is_open: bool = True


class EventSubscriber:
    """Opens, binds and closes anonymous queues.

    After the link to the broker was broken and all queues are declared again, `on_reconnect` is
    called with the time since which events may have been lost, in seconds since the epoch.
    """

    def __init__(
        self, amqp_uri: str, heartbeat: float, on_reconnect: Callable[[float], None]
    ) -> None:
        self._on_reconnect = on_reconnect
        self._queues: set[AnonymousQueue] = set()
        self._missed_since: float | None = None
        self._logged_ids: OrderedDict[str, None] = OrderedDict()
        self._link = Link("receive_events", amqp_uri, heartbeat)
        self._channel = self._link.open_channel(
            self._declare_all, on_disconnect=self._note_loss
        )
        self.health = self._link.health

    @property
    def is_connected(self) -> bool:
        return self._link.is_connected

    def open(self, on_event: Callable[[ServiceEvent], None], *keys: str) -> AnonymousQueue:
        """Open a queue that is bound to these keys; raises Unavailable."""
        queue = AnonymousQueue(on_event, set(keys))
        try:
            self._perform(lambda channel: self._declare(channel, queue))
        except Unavailable:
            self.close(queue)
            raise
        return queue

    def bind(self, queue: AnonymousQueue, *keys: str) -> None:
        """Bind a queue to more keys; raises Unavailable."""
        queue.keys |= set(keys)
        self._perform(lambda channel: self._bind(channel, queue, keys))

    def unbind(self, queue: AnonymousQueue, *keys: str) -> None:
        """Remove bindings of a queue, without waiting."""
        queue.keys -= set(keys)
        self._channel.post(lambda channel: self._unbind(channel, queue, keys))

    def close(self, queue: AnonymousQueue) -> None:
        """Close a queue, without waiting."""
        queue.is_open = False
        if not self._channel.post(lambda channel: self._delete(channel, queue), always=True):
            self._queues.discard(queue)  # the broker has deleted it with the link

    def run(self) -> None:
        """Receive events for ever; to be run in a greenthread of its own."""
        self._link.run()

    def _perform(self, operation: Callable[[Any], None]) -> None:
        try:
            self._channel.call(operation, OPERATION_TIMEOUT_SECONDS)
        except NotConnected:
            raise Unavailable.of(
                "The broker does not answer: try again in a moment", service="broker"
            ) from None

    # For the owner of the link

    def _declare_all(self, channel: Any) -> None:
        event_exchange.declare(channel)
        for queue in list(self._queues):
            self._declare(channel, queue)
            self.health.heartbeat()  # with thousands of them, a slow broker takes its time
        missed_since, self._missed_since = self._missed_since, None
        if missed_since is not None:
            eventlet.spawn_n(self._on_reconnect, missed_since)

    def _note_loss(self, error: Exception) -> None:
        if self._missed_since is None:
            heard_at = time.time() - self._link.silent_seconds()
            self._missed_since = heard_at - MAX_EVENT_DELAY_SECONDS

    def _declare(self, channel: Any, queue: AnonymousQueue) -> None:
        if not queue.is_open:
            return
        queue.name = event_exchange.declare_queue(channel)
        if not queue.is_open:  # it was closed in the meantime
            self._delete(channel, queue)
            return
        self._queues.add(queue)
        event_exchange.bind(channel, queue.name, list(queue.keys), wait=False)
        event_exchange.consume(
            channel, queue.name, lambda message: self._deliver(queue, message)
        )

    def _bind(self, channel: Any, queue: AnonymousQueue, keys: Sequence[str]) -> None:
        if queue.is_open and queue.name is not None:
            event_exchange.bind(channel, queue.name, keys)

    def _unbind(self, channel: Any, queue: AnonymousQueue, keys: Sequence[str]) -> None:
        if queue.is_open and queue.name is not None:
            event_exchange.unbind(channel, queue.name, keys)

    def _delete(self, channel: Any, queue: AnonymousQueue) -> None:
        self._queues.discard(queue)
        if queue.name is not None:
            event_exchange.delete_queue(channel, queue.name)

    def _deliver(self, queue: AnonymousQueue, message: Delivery) -> None:
        if not queue.is_open:
            return
        try:
            received = ServiceEvent.decode(message.routing_key, message.body)
            self._log_once(received)
            with request_id.scope(received.request_id):
                queue.on_event(received)
        except Exception:  # one connection must not break the others
            _log.exception("An event could not be delivered to a connection")

    def _log_once(self, received: ServiceEvent) -> None:
        """Log an event when the first of the connections that get it receives it."""
        # What comes of commands has a version, and the session service logs each command.
        level = logging.DEBUG if "version" in received.params else logging.INFO
        if not request_log.is_logged(level) or self._is_known(received.id):
            return
        request_log.log_event(
            "event", level, request_id=received.request_id, event=received.name,
            key=received.routing_key, version=received.params.get("version"),
        )

    def _is_known(self, event_id: str | None) -> bool:
        if event_id is None:
            return False
        if event_id in self._logged_ids:
            return True
        self._logged_ids[event_id] = None
        if len(self._logged_ids) > MAX_LOGGED_IDS:
            self._logged_ids.popitem(last=False)
        return False
