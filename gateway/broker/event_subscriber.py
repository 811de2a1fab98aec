"""Anonymous queues of events, one for each connection.

A queue is bound to just the routing keys that its connection may receive. All of them are on one
link, whose owner receives the messages.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

import eventlet
from amqp import Channel

from extensions import request_id
from extensions.amqp.frames import Delivery
from extensions.amqp.link import Link
from extensions.amqp.link_channel import NotConnected
from gateway.broker import event_exchange
from gateway.broker.event_exchange import AnonymousQueue
from gateway.broker.event_log import EventLog
from gateway.broker.service_event import ServiceEvent
from gateway.protocol.errors import Unavailable

_log = logging.getLogger(__name__)

MAX_EVENT_DELAY_SECONDS = 10.0  # until an event is announced, unless its service cannot
OPERATION_TIMEOUT_SECONDS = 5.0
MAX_SETUPS = 100  # that are done together


@dataclass(eq=False)
class _Setup:
    """A queue that is to be declared, if it has not been, and to be bound by keys."""

    queue: AnonymousQueue
    keys: Sequence[str]


class EventSubscriber:
    """Opens, binds and closes anonymous queues. What many ask for at once is done together.

    After the link to the broker was broken and all queues are declared again, `on_reconnect` is
    called with the time since which events may have been lost, in seconds since the epoch.
    """

    def __init__(
        self, amqp_uri: str, heartbeat: float, on_reconnect: Callable[[float], None]
    ) -> None:
        self._on_reconnect = on_reconnect
        self._queues: set[AnonymousQueue] = set()
        self._setups: dict[_Setup, None] = {}  # that wait, the oldest first
        self._missed_since: float | None = None
        self._event_log = EventLog()
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
            self._set_up(_Setup(queue, keys))
        except Unavailable:
            self.close(queue)
            raise
        return queue

    def bind(self, queue: AnonymousQueue, *keys: str) -> None:
        """Bind a queue to more keys; raises Unavailable, and then it is bound to none of them."""
        added = set(keys) - queue.keys
        queue.keys |= added
        try:
            self._set_up(_Setup(queue, keys))
        except Unavailable:
            self.unbind(queue, *added)  # the broker may have bound it, or may still do so
            raise

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

    def _set_up(self, setup: _Setup) -> None:
        self._setups[setup] = None
        try:
            self._channel.call(
                lambda channel: self._set_up_waiting(channel, setup), OPERATION_TIMEOUT_SECONDS
            )
        except NotConnected:
            self._setups.pop(setup, None)
            raise self._unavailable() from None

    @staticmethod
    def _unavailable() -> Unavailable:
        return Unavailable.of("The broker does not answer: try again in a moment", service="broker")

    # For the owner of the link

    def _declare_all(self, channel: Channel) -> None:
        event_exchange.declare(channel)
        queues = list(self._queues)
        for begin in range(0, len(queues), MAX_SETUPS):
            chunk = queues[begin : begin + MAX_SETUPS]
            self._declare(channel, chunk)
            self._bind(channel, [_Setup(queue, list(queue.keys)) for queue in chunk])
            self.health.heartbeat()  # with thousands of them, a slow broker takes its time
        missed_since, self._missed_since = self._missed_since, None
        if missed_since is not None:
            eventlet.spawn_n(self._on_reconnect, missed_since)

    def _note_loss(self, error: Exception) -> None:
        if self._missed_since is None:
            heard_at = time.time() - self._link.silent_seconds()
            self._missed_since = heard_at - MAX_EVENT_DELAY_SECONDS

    def _set_up_waiting(self, channel: Channel, setup: _Setup) -> None:
        """Set up what waits, up to a bound, unless this one was set up together with others."""
        if setup not in self._setups:
            return
        setups = list(islice(self._setups, MAX_SETUPS))
        self._declare(channel, [each.queue for each in setups if each.queue.name is None])
        self._bind(channel, setups)
        for each in setups:
            self._setups.pop(each, None)

    def _declare(self, channel: Channel, queues: Sequence[AnonymousQueue]) -> None:
        wanted = [queue for queue in queues if queue.is_open]
        names = event_exchange.declare_queues(channel, len(wanted))
        for queue, name in zip(wanted, names, strict=True):
            queue.name = name
            if queue.is_open:
                self._queues.add(queue)
                event_exchange.consume(channel, name, partial(self._deliver, queue))
            else:  # it was closed in the meantime
                self._delete(channel, queue)

    def _bind(self, channel: Channel, setups: Sequence[_Setup]) -> None:
        bindings = [
            (each.queue.name, key) for each in setups if each.queue.is_open
            for key in each.keys if each.queue.name is not None
        ]
        event_exchange.bind(channel, bindings)

    def _unbind(self, channel: Channel, queue: AnonymousQueue, keys: Sequence[str]) -> None:
        if queue.is_open and queue.name is not None:
            event_exchange.unbind(channel, queue.name, keys)

    def _delete(self, channel: Channel, queue: AnonymousQueue) -> None:
        self._queues.discard(queue)
        if queue.name is not None:
            event_exchange.delete_queue(channel, queue.name)

    def _deliver(self, queue: AnonymousQueue, message: Delivery) -> None:
        if not queue.is_open:
            return
        try:
            received = ServiceEvent.decode(message.routing_key, message.body)
            self._event_log.add(received)
            with request_id.scope(received.request_id):
                queue.on_event(received)
        except Exception:  # one connection must not break the others
            _log.exception("An event could not be delivered to a connection")
