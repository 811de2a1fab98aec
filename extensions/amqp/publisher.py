"""Sends messages to exchanges and waits for the broker's confirms, many at a time.

One greenthread owns the AMQP connection. While it waits for the confirms of one batch, the next
one gathers: the cost of a confirm is shared by all who wait for it, and nobody waits for a batch
to fill.
"""

import json
import logging
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field

import eventlet
from eventlet.event import Event
from eventlet.queue import Empty, LightQueue
from kombu import Connection, Exchange

from extensions.observability import metrics
from extensions.observability.health import LoopHealth

_log = logging.getLogger(__name__)

CONFIRM_TIMEOUT = 3.0
ATTEMPTS = 2
LARGEST_BATCH = 256
CONNECTION_ERRORS = (OSError, *Connection("memory://").recoverable_connection_errors)


class NotPublished(Exception):
    """The broker has not confirmed the messages. They may have arrived all the same."""


@dataclass(frozen=True)
class Message:
    """A JSON body on its way to an exchange; `cc` are further routing keys."""

    exchange: str
    routing_key: str
    body: dict
    cc: tuple[str, ...] = ()
    persistent: bool = False


@dataclass
class _Job:
    messages: list[Message]
    done: Event = field(default_factory=Event)


class ConfirmingPublisher:
    """Publishes to fanout exchanges, which it declares."""

    def __init__(self, amqp_uri: str, exchanges: list[str], heartbeat: float):
        self._uri = amqp_uri
        self._exchanges = exchanges
        self._heartbeat = heartbeat
        self._jobs: LightQueue = LightQueue()
        self._connection = None
        self._up_since: float | None = None
        self._heard_at = 0.0
        self._frames = 0
        self._stopped = False
        self.health = LoopHealth("announcement_publisher")

    def publish(self, messages: list[Message]) -> None:
        """Return when the broker has confirmed them all; else raise NotPublished."""
        job = _Job(messages)
        self._jobs.put(job)
        error = job.done.wait()
        if error is not None:
            metrics.NOT_PUBLISHED.inc(len(messages))
            raise NotPublished(str(error))

    def run(self) -> None:
        """Declare the exchanges, and serve until `stop`; to be run in a greenthread of its own."""
        self._send([])
        while not self._stopped:
            jobs = self._gather()
            if not jobs:
                self._look()
            else:
                error = self._send([message for job in jobs for message in job.messages])
                for job in jobs:
                    job.done.send(error)
        self._disconnect()

    def stop(self) -> None:
        self._stopped = True

    def connected_seconds(self) -> float:
        """For how many seconds the broker has been there without a break; 0 while it is not.

        A break is a link that was lost, or a silence of the broker of more than a heartbeat.
        """
        now = time.monotonic()
        if self._up_since is None or now - self._heard_at > self._heartbeat:
            return 0.0
        return now - self._up_since

    def _look(self) -> None:
        """Notice, while there is nothing to send, that the link is broken, and make a new one."""
        try:
            self._connected()
            with suppress(TimeoutError):  # nothing has come
                self._connection.drain_events(timeout=0)
            self._hear()
            self._connection.heartbeat_check()
        except Exception as error:
            self.health.failed(error)
            self._disconnect()
            return
        self.health.succeeded()

    def _gather(self) -> list[_Job]:
        try:
            jobs = [self._jobs.get(timeout=0.5)]
        except Empty:
            return []
        while len(jobs) < LARGEST_BATCH and not self._jobs.empty():
            jobs.append(self._jobs.get_nowait())
        return jobs

    def _send(self, messages: list[Message]) -> Exception | None:
        error: Exception | None = None
        for _ in range(ATTEMPTS):  # the second one after a new connection
            try:
                self._publish(messages)
                self.health.succeeded()
                return None
            except Exception as caught:
                error = caught
                self.health.failed(error)
                self._disconnect()
                if not isinstance(caught, CONNECTION_ERRORS):
                    _log.exception("Announcements could not be published")
                    break
        return error

    def _publish(self, messages: list[Message]) -> None:
        channel = self._connected()
        for message in messages:
            self._published += 1
            channel._basic_publish(
                channel.prepare_message(
                    json.dumps(message.body, separators=(",", ":")),
                    content_type="application/json",
                    content_encoding="utf-8",
                    headers={"CC": list(message.cc)} if message.cc else None,
                    properties={"delivery_mode": 2 if message.persistent else 1},
                ),
                exchange=message.exchange,
                routing_key=message.routing_key,
            )
        self._await_confirms()

    def _await_confirms(self) -> None:
        deadline = time.monotonic() + CONFIRM_TIMEOUT
        while self._confirmed < self._published:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise socket.timeout("the broker has not confirmed in time")
            self._connection.drain_events(timeout=remaining)
        self._unordered.clear()  # what was confirmed by itself, and then with others once more
        self._hear()

    def _hear(self) -> None:
        """Note whether the broker has said anything since the last time."""
        frames, now = self._connection.connection.bytes_recv, time.monotonic()
        if frames != self._frames:
            if now - self._heard_at > self._heartbeat:
                self._up_since = now
            self._frames, self._heard_at = frames, now

    def _connected(self):
        if self._connection is None:
            connection = Connection(
                self._uri, heartbeat=self._heartbeat, connect_timeout=CONFIRM_TIMEOUT
            )
            connection.connect()
            channel = connection.channel()
            for name in self._exchanges:
                Exchange(name, type="fanout", durable=True)(channel).declare()
            channel.confirm_select()
            channel.events["basic_ack"].add(self._on_ack)
            channel.events["basic_nack"].add(self._on_nack)
            self._published = self._confirmed = 0
            self._unordered: set[int] = set()
            self._connection, self._channel = connection, channel
            self._up_since = self._heard_at = time.monotonic()
        return self._channel

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            self._confirmed = max(self._confirmed, delivery_tag)
        else:
            self._unordered.add(delivery_tag)
        while self._confirmed + 1 in self._unordered:
            self._confirmed += 1
            self._unordered.discard(self._confirmed)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        raise ConnectionError("the broker has refused a message")

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        self._up_since = None
        if connection is not None:
            # It may be broken, and then closing it in good order would wait for the peer.
            eventlet.spawn_n(_collect, connection)


def _collect(connection: Connection) -> None:
    try:
        connection.collect()
    except Exception as error:
        _log.debug("Closing a broken connection failed: %s", error)
