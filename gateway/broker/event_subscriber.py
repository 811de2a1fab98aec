"""The gateway's second link to the broker: an anonymous queue for each connection.

The queues hang on one topic exchange, `gateway.inbox`, which every service's fanout exchange feeds;
a queue is bound to just the keys that its connection may hear. One greenthread owns the AMQP
connection, reads from it and does all declaring; others hand it their wishes and wait.
"""

import json
import logging
import socket
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

import eventlet
from eventlet.event import Event
from eventlet.green import select
from kombu import Connection, Exchange

import accounts.events
import auth.events
import private_rooms.events
import rooms.events
import searcher.events
import sessions.events
from extensions import request_id
from extensions.observability import request_log
from extensions.observability.health import LoopHealth
from gateway.protocol.errors import Unavailable

_log = logging.getLogger(__name__)

EXCHANGE = "gateway.inbox"
SOURCES = [
    accounts.events.EXCHANGE, auth.events.EXCHANGE, private_rooms.events.EXCHANGE,
    rooms.events.EXCHANGE, searcher.events.EXCHANGE, sessions.events.EXCHANGE,
]
LATEST = 10.0  # seconds: what happens is announced no later, unless a service can't announce
LONGEST_PAUSE = 2.0
LONGEST_WAIT = 5.0
MOST_AT_A_TIME = 50  # frames, until others in the process have their turn
MOST_WAITING = 10_000  # messages in one queue, should this process stop reading
NOTED = 1000  # events that are known to have been logged
MOST_WISHES = 10_000  # that wait for the link; none of it is needed where it stays away


@dataclass(eq=False)
class Queue:
    """An anonymous queue, its keys, and who hears what comes in (`routing key, body`)."""

    deliver: Callable[[str, dict], None]
    keys: set[str] = field(default_factory=set)
    name: str | None = None
    open: bool = True


class EventSubscriber:
    """Opens, binds and closes anonymous queues.

    When the link had broken and all queues are there again, `on_reconnect` is called, with the
    moment since which anything that was announced may have been lost.
    """

    def __init__(self, amqp_uri: str, heartbeat: float, on_reconnect: Callable[[float], None]):
        self._uri = amqp_uri
        self._heartbeat = heartbeat
        self._on_reconnect = on_reconnect
        self._wishes: deque[tuple[Callable[[], None], Event]] = deque()
        self._queues: set[Queue] = set()
        self._connection = None
        self._channel = None
        self._wake_end, self._sleep_end = socket.socketpair()
        self._asleep = False
        self._frames, self._heard_at = 0, time.time()
        self._noted: OrderedDict[str, None] = OrderedDict()
        self.up = False
        self.health = LoopHealth("inbox", heartbeat / 4)

    def open(self, deliver: Callable[[str, dict], None], *keys: str) -> Queue:
        """A queue that hears these keys from now on."""
        queue = Queue(deliver, set(keys))
        try:
            self._do(lambda: self._declare(queue))
        except Unavailable:
            self.close(queue)
            raise
        return queue

    def bind(self, queue: Queue, *keys: str) -> None:
        """The queue hears these keys as well when this returns."""
        queue.keys |= set(keys)
        self._do(lambda: self._bind(queue, keys))

    def unbind(self, queue: Queue, *keys: str) -> None:
        """The queue will hear these keys no more. Does not wait."""
        queue.keys -= set(keys)
        if len(self._wishes) < MOST_WISHES:
            self._wish(lambda: self._unbind(queue, keys))

    def close(self, queue: Queue) -> None:
        """Nobody hears the queue any more. Does not wait."""
        queue.open = False
        if self.up or len(self._wishes) < MOST_WISHES:
            self._wish(lambda: self._delete(queue))
        else:
            self._queues.discard(queue)  # it has gone with the link

    def run(self) -> None:
        """Serve for ever; to be run in a greenthread of its own."""
        pause, deaf_since = 0.1, None
        while True:
            try:
                self._connect()
                pause = 0.1
                if deaf_since is not None:
                    eventlet.spawn_n(self._on_reconnect, deaf_since)
                    deaf_since = None
                self._serve()
            except Exception as error:  # whatever broke the link: a new one is made
                self.health.failed(error)
            if deaf_since is None:
                deaf_since = self._heard_at - LATEST
            self._disconnect()
            eventlet.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _do(self, action: Callable[[], None]) -> None:
        error: Exception | None = TimeoutError()
        if len(self._wishes) < MOST_WISHES:
            with eventlet.Timeout(LONGEST_WAIT, False):
                error = self._wish(action).wait()
        if error is not None:
            raise Unavailable.of(
                "The broker does not answer: try again in a moment", service="broker"
            )

    def _wish(self, action: Callable[[], None]) -> Event:
        done = Event()
        self._wishes.append((action, done))
        if self._asleep:
            self._asleep = False
            self._wake_end.send(b"!")
        return done

    def _serve(self) -> None:
        link = self._connection.connection.transport.sock
        beat_at = 0.0
        while True:
            self.health.succeeded()
            self._fulfil()
            more = self._drain()
            self._hear()
            if time.monotonic() >= beat_at:
                self._connection.heartbeat_check()
                beat_at = time.monotonic() + self._heartbeat / 4
            if more or self._wishes:
                eventlet.sleep(0)
            else:
                self._sleep_until_needed(link)

    def _sleep_until_needed(self, link) -> None:
        self._asleep = True
        readable, _, _ = select.select([link, self._sleep_end], [], [], self._heartbeat / 4)
        self._asleep = False
        if self._sleep_end in readable:
            self._sleep_end.recv(4096)

    def _fulfil(self) -> None:
        while self._wishes:
            action, done = self._wishes.popleft()
            try:
                action()
            except Exception as error:
                done.send(error)
                raise
            done.send(None)

    def _drain(self) -> bool:
        """Take in what has come, up to a bound; whether there may be more."""
        try:
            for _ in range(MOST_AT_A_TIME):
                self._connection.drain_events(timeout=0)
        except TimeoutError:
            return False
        return True

    def _hear(self) -> None:
        """Note whether the broker has said anything since the last time."""
        frames = self._connection.connection.bytes_recv
        if frames != self._frames:
            self._frames, self._heard_at = frames, time.time()

    def _connect(self) -> None:
        connection = Connection(self._uri, heartbeat=self._heartbeat, connect_timeout=5)
        connection.connect()
        self._connection, self._channel = connection, connection.channel()
        inbox = Exchange(EXCHANGE, type="topic", durable=True)(self._channel)
        inbox.declare()
        for name in SOURCES:
            source = Exchange(name, type="fanout", durable=True)(self._channel)
            source.declare()
            inbox.bind_to(source, routing_key="")
        for queue in list(self._queues):
            self._declare(queue)
        self.up = True

    def _disconnect(self) -> None:
        self.up = False
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.collect()
            except Exception as error:
                _log.debug("Closing a broken connection failed: %r", error)

    def _declare(self, queue: Queue) -> None:
        if not queue.open:
            return
        declared = self._channel.queue_declare(
            queue="", exclusive=True, auto_delete=True,
            arguments={"x-max-length": MOST_WAITING, "x-overflow": "drop-head"},
        )
        queue.name = declared.queue
        if not queue.open:  # it was closed in the meantime
            self._delete(queue)
            return
        self._queues.add(queue)
        for key in queue.keys:
            self._channel.queue_bind(queue.name, EXCHANGE, key, nowait=True)
        self._channel.basic_consume(
            queue.name, no_ack=True, callback=lambda message: self._deliver(queue, message),
            on_cancel=lambda tag: None,
        )

    def _bind(self, queue: Queue, keys) -> None:
        if not queue.open:
            return
        # The last one waits for its answer, and with it for the others' having taken effect.
        for number, key in enumerate(keys, start=1):
            self._channel.queue_bind(queue.name, EXCHANGE, key, nowait=number < len(keys))

    def _unbind(self, queue: Queue, keys) -> None:
        if queue.open:
            for key in keys:
                self._channel.queue_unbind(queue.name, EXCHANGE, key)

    def _delete(self, queue: Queue) -> None:
        self._queues.discard(queue)
        if queue.name is not None:
            self._channel.queue_delete(queue.name, nowait=True)

    def _deliver(self, queue: Queue, message) -> None:
        if not queue.open:
            return
        try:
            routing_key, body = message.delivery_info["routing_key"], json.loads(message.body)
            self._note(routing_key, body)
            with request_id.scope(body.get("call_id")):
                queue.deliver(routing_key, body)
        except Exception:  # one connection's trouble is not the others'
            _log.exception("An event could not be delivered to a connection")

    def _note(self, routing_key: str, body: dict) -> None:
        """Log an event when it comes for the first of the connections that hear it."""
        notice = body.get("id")
        if notice in self._noted:
            return
        if notice is not None:
            self._noted[notice] = None
        if len(self._noted) > NOTED:
            self._noted.popitem(last=False)
        request_log.log_event(
            "event", request_id=body.get("call_id"), event=body["event"], key=routing_key,
            version=body["params"].get("version"),
        )
