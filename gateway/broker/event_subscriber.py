"""Anonymous queues of events, one for each connection.

A queue is bound to just the routing keys that its connection may receive. One greenthread owns the
AMQP connection: it receives all messages, and performs the operations that others submit to it.
"""

import logging
import socket
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import eventlet
from eventlet import event
from eventlet.green import select

from extensions import request_id
from extensions.observability import request_log
from extensions.observability.health import LoopHealth
from gateway.broker.event_link import EventLink
from gateway.broker.service_event import ServiceEvent
from gateway.protocol.errors import Unavailable

_log = logging.getLogger(__name__)

MAX_EVENT_DELAY_SECONDS = 10.0  # until an event is announced, unless its service cannot
MIN_RECONNECT_PAUSE_SECONDS = 0.1
MAX_RECONNECT_PAUSE_SECONDS = 2.0
OPERATION_TIMEOUT_SECONDS = 5.0
MAX_FRAMES_PER_TURN = 50  # before other greenthreads have their turn
MAX_LOGGED_IDS = 1000  # ids of events that are remembered as logged
MAX_PENDING_OPERATIONS = 10_000  # none of them is needed if the broker stays away


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
        self._uri = amqp_uri
        self._heartbeat = heartbeat
        self._on_reconnect = on_reconnect
        self._pending: deque[tuple[Callable[[EventLink], None], event.Event]] = deque()
        self._queues: set[AnonymousQueue] = set()
        self._link: EventLink | None = None
        self._waker, self._wakeup = socket.socketpair()
        self._is_sleeping = False
        self._frames, self._last_frame_at = 0, time.time()
        self._logged_ids: OrderedDict[str, None] = OrderedDict()
        self.is_connected = False
        self.health = LoopHealth("receive_events", heartbeat / 4)

    def open(self, on_event: Callable[[ServiceEvent], None], *keys: str) -> AnonymousQueue:
        """Open a queue that is bound to these keys; raises Unavailable."""
        queue = AnonymousQueue(on_event, set(keys))
        try:
            self._perform(lambda link: self._declare(link, queue))
        except Unavailable:
            self.close(queue)
            raise
        return queue

    def bind(self, queue: AnonymousQueue, *keys: str) -> None:
        """Bind a queue to more keys; raises Unavailable."""
        queue.keys |= set(keys)
        self._perform(lambda link: self._bind(link, queue, keys))

    def unbind(self, queue: AnonymousQueue, *keys: str) -> None:
        """Remove bindings of a queue, without waiting."""
        queue.keys -= set(keys)
        if len(self._pending) < MAX_PENDING_OPERATIONS:
            self._submit(lambda link: self._unbind(link, queue, keys))

    def close(self, queue: AnonymousQueue) -> None:
        """Close a queue, without waiting."""
        queue.is_open = False
        if self.is_connected or len(self._pending) < MAX_PENDING_OPERATIONS:
            self._submit(lambda link: self._delete(link, queue))
        else:
            self._queues.discard(queue)  # the broker has deleted it with the link

    def run(self) -> None:
        """Receive events for ever; to be run in a greenthread of its own."""
        pause, missed_since = MIN_RECONNECT_PAUSE_SECONDS, None
        while True:
            try:
                link = self._connect()
                pause = MIN_RECONNECT_PAUSE_SECONDS
                if missed_since is not None:
                    eventlet.spawn_n(self._on_reconnect, missed_since)
                    missed_since = None
                self._serve(link)
            except Exception as error:  # whatever broke the link: a new one is made
                self.health.failed(error)
            if missed_since is None:
                missed_since = self._last_frame_at - MAX_EVENT_DELAY_SECONDS
            self._disconnect()
            eventlet.sleep(pause)
            pause = min(pause * 2, MAX_RECONNECT_PAUSE_SECONDS)

    # Operations, from any greenthread

    def _perform(self, operation: Callable[[EventLink], None]) -> None:
        error: Exception | None = TimeoutError()
        if len(self._pending) < MAX_PENDING_OPERATIONS:
            with eventlet.Timeout(OPERATION_TIMEOUT_SECONDS, False):
                error = self._submit(operation).wait()
        if error is not None:
            raise Unavailable.of(
                "The broker does not answer: try again in a moment", service="broker"
            )

    def _submit(self, operation: Callable[[EventLink], None]) -> event.Event:
        done = event.Event()
        self._pending.append((operation, done))
        if self._is_sleeping:
            self._is_sleeping = False
            self._waker.send(b"!")
        return done

    # The greenthread that owns the link

    def _connect(self) -> EventLink:
        link = self._link = EventLink(self._uri, self._heartbeat)
        link.open()
        for queue in list(self._queues):
            self._declare(link, queue)
        self.is_connected = True
        return link

    def _disconnect(self) -> None:
        self.is_connected = False
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def _serve(self, link: EventLink) -> None:
        check_heartbeat_at = 0.0
        while True:
            self.health.succeeded()
            self._perform_pending(link)
            has_more = link.drain(MAX_FRAMES_PER_TURN)
            if link.frames_received != self._frames:
                self._frames, self._last_frame_at = link.frames_received, time.time()
            if time.monotonic() >= check_heartbeat_at:
                link.check_heartbeat()
                check_heartbeat_at = time.monotonic() + self._heartbeat / 4
            if has_more or self._pending:
                eventlet.sleep(0)
            else:
                self._sleep_until_needed(link)

    def _sleep_until_needed(self, link: EventLink) -> None:
        self._is_sleeping = True
        readable, _, _ = select.select([link.socket, self._wakeup], [], [], self._heartbeat / 4)
        self._is_sleeping = False
        if self._wakeup in readable:
            self._wakeup.recv(4096)

    def _perform_pending(self, link: EventLink) -> None:
        while self._pending:
            operation, done = self._pending.popleft()
            try:
                operation(link)
            except Exception as error:
                done.send(error)
                raise
            done.send(None)

    def _declare(self, link: EventLink, queue: AnonymousQueue) -> None:
        if not queue.is_open:
            return
        queue.name = link.declare_queue()
        if not queue.is_open:  # it was closed in the meantime
            self._delete(link, queue)
            return
        self._queues.add(queue)
        link.bind(queue.name, list(queue.keys), wait=False)
        link.consume(queue.name, lambda message: self._deliver(queue, message))

    def _bind(self, link: EventLink, queue: AnonymousQueue, keys: Sequence[str]) -> None:
        if queue.is_open and queue.name is not None:
            link.bind(queue.name, keys)

    def _unbind(self, link: EventLink, queue: AnonymousQueue, keys: Sequence[str]) -> None:
        if queue.is_open and queue.name is not None:
            link.unbind(queue.name, keys)

    def _delete(self, link: EventLink, queue: AnonymousQueue) -> None:
        self._queues.discard(queue)
        if queue.name is not None:
            link.delete_queue(queue.name)

    def _deliver(self, queue: AnonymousQueue, message: Any) -> None:
        if not queue.is_open:
            return
        try:
            received = ServiceEvent.decode(message.delivery_info["routing_key"], message.body)
            self._log_once(received)
            with request_id.scope(received.request_id):
                queue.on_event(received)
        except Exception:  # one connection must not break the others
            _log.exception("An event could not be delivered to a connection")

    def _log_once(self, received: ServiceEvent) -> None:
        """Log an event when the first of the connections that get it receives it."""
        if received.id is not None:
            if received.id in self._logged_ids:
                return
            self._logged_ids[received.id] = None
            if len(self._logged_ids) > MAX_LOGGED_IDS:
                self._logged_ids.popitem(last=False)
        request_log.log_event(
            "event", request_id=received.request_id, event=received.name, key=received.routing_key,
            version=received.params.get("version"),
        )
