"""A connection to the broker that one greenthread owns.

py-amqp's connections can't be shared by greenthreads (celery/py-amqp#420): only the owner reads,
writes and declares, and others hand it their actions and frames. What is handed over in one turn is
written at once. The owner sends heartbeats by the clock, since kombu does so only in silence, and
connects again when the connection has broken.

A broker that is short of memory or disk reads nothing more from a connection that publishes, and
says so (`connection.blocked`). Until it says that it reads again, nothing is written or asked for.

No `eventlet.Timeout` may stand around anything that is done here: it would lose what has been read
of a frame, and the next read would take the rest for another one.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import eventlet
from amqp.exceptions import AMQPError
from eventlet.event import Event
from kombu import Connection

from extensions.amqp.frame_reader import FrameReader
from extensions.amqp.frame_writer import FrameWriter
from extensions.amqp.frames import encode_properties, encode_publish
from extensions.amqp.link_channel import Action, LinkChannel, no_action
from extensions.observability import metrics
from extensions.observability.health import LoopHealth
from extensions.waiter import Waiter

_log = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS = 3.0
CLOSE_TIMEOUT_SECONDS = 3.0
MIN_RECONNECT_PAUSE_SECONDS = 0.1
MAX_RECONNECT_PAUSE_SECONDS = 2.0
# Kombu tries twice, which another host of the URI needs. Its own pause between would be 2 s.
CONNECT_OPTIONS = {"max_retries": 1, "interval_start": 0, "reraise_as_library_errors": False}
MAX_TURN_SECONDS = 1.0  # between two turns of the owner, if nothing happens, and two ticks
MAX_DELIVERIES_PER_TURN = 50  # before other greenthreads have their turn
MAX_ACTIONS_PER_TURN = 50  # before what has come is received
MAX_PENDING_ACTIONS = 10_000
PROBE_KEY = "arbiter_probe"  # which binds no queue
BROKER_ERRORS = (OSError, AMQPError)


class Link:
    """A connection, its channels, and the loop of the greenthread that owns it."""

    def __init__(self, name: str, amqp_uri: str, heartbeat: float) -> None:
        """Take the loop's name for the health of the process, and the heartbeat in seconds."""
        self._uri = amqp_uri
        self._heartbeat = heartbeat
        self._turn_seconds = min(heartbeat / 4, MAX_TURN_SECONDS)
        self._channels: list[LinkChannel] = []
        self._pending: deque[tuple[LinkChannel, Action, Event]] = deque()
        self._waiter = Waiter()
        self._writer = FrameWriter(self._waiter)
        self._connection: Connection | None = None
        self._amqp: Any = None  # the same one of py-amqp: kombu looks for it at each use
        self._transport: Any = None  # of py-amqp, on this connection
        self._reader: FrameReader | None = None
        self._frames_received = 0
        self._received_at = time.monotonic()
        self._connected_since: float | None = None
        self._has_connected = Event()
        self._probe_exchange, self._probe = "", b""
        self._is_stopped = False
        self.is_blocked = False  # the broker takes no messages
        self.health = LoopHealth(name, self._turn_seconds)

    def open_channel(
        self, on_connect: Action, on_tick: Action = no_action,
        on_disconnect: Callable[[Exception], None] = no_action,
        on_block: Callable[[bool], None] = no_action,
    ) -> LinkChannel:
        """Add a channel; before `run`."""
        channel = LinkChannel(
            self.submit, self._writer.write, on_connect, on_tick, on_disconnect, on_block
        )
        self._channels.append(channel)
        return channel

    def probe(self, exchange: str) -> None:
        """Have the owner check regularly whether the broker takes messages; before `run`.

        The broker tells only those who publish. So empty messages go to this exchange, which it
        drops.
        """
        self._probe_exchange = exchange

    # For any greenthread

    @property
    def is_connected(self) -> bool:
        return self._connected_since is not None

    def await_connected(self) -> None:
        """Return when the link has connected for the first time, and all channels are open."""
        self._has_connected.wait()

    def connected_seconds(self) -> float:
        """Return for how long the broker has been reachable without a break; 0 while it is not.

        A break is a connection that was lost, a silence of more than a heartbeat, or a time in
        which the broker took no messages.
        """
        if (
            self._connected_since is None or self.is_blocked
            or self.silent_seconds() > self._heartbeat
        ):
            return 0.0
        return time.monotonic() - self._connected_since

    def silent_seconds(self) -> float:
        """Return the seconds since the broker has last sent anything."""
        return time.monotonic() - self._received_at

    def wake(self) -> None:
        """Have the owner take its next turn, or try to connect, as soon as it can."""
        self._waiter.wake()

    def submit(self, channel: LinkChannel, action: Action, always: bool = False) -> Event | None:
        """Have the owner carry out an action; return what ends with its error or None.

        Returns None where too many wait.
        """
        if len(self._pending) >= MAX_PENDING_ACTIONS and not (always and self.is_connected):
            return None
        done = Event()
        self._pending.append((channel, action, done))
        self.wake()
        return done

    def run(self) -> None:
        """Connect and serve until `stop`; to be run in a greenthread of its own."""
        try:
            self._run()
            self._close()
        finally:  # also where the greenthread is killed
            self._disconnect()

    def stop(self) -> None:
        """End `run` after the current turn."""
        self._is_stopped = True
        self.wake()

    # For the owner

    def _run(self) -> None:
        pause = MIN_RECONNECT_PAUSE_SECONDS
        while not self._is_stopped:
            try:
                self._connect()
                self._serve()
            except Exception as error:  # of any kind: only a new connection helps
                self.health.failed(error, transient=isinstance(error, BROKER_ERRORS))
                has_lasted = self.connected_seconds() > MAX_RECONNECT_PAUSE_SECONDS
                self._disconnect()
                for channel in self._channels:
                    channel.on_disconnect(error)
                pause = MIN_RECONNECT_PAUSE_SECONDS if has_lasted else self._pause(pause)

    def _connect(self) -> None:
        self._connection = connection = Connection(
            self._uri, heartbeat=self._heartbeat, connect_timeout=CONNECT_TIMEOUT_SECONDS
        )
        connection.ensure_connection(**CONNECT_OPTIONS)
        # No wait is longer than a broker may be silent, not even where py-amqp sets no limit.
        self._amqp = connection.connection
        self._transport = self._amqp.transport
        self._transport.sock.settimeout(2 * self._heartbeat)
        self._reader = FrameReader(connection.connection, self._waiter.ignore)
        self._writer.connect(self._transport)
        for each in self._channels:
            each.channel = connection.channel()
            each.on_connect(each.channel)
        if self._probe_exchange:
            self._probe = encode_publish(
                connection.channel().channel_id, self._probe_exchange, PROBE_KEY,
                encode_properties(), b"", connection.connection.frame_max,
            )
        connection.connection.on_blocked = lambda reason: self._block(True)
        connection.connection.on_unblocked = lambda: self._block(False)
        if self.is_blocked:  # by the connection before: this one will be told by itself
            self._block(False)
        self._frames_received = connection.connection.bytes_recv
        self._received_at = self._connected_since = time.monotonic()
        if not self._has_connected.ready():
            self._has_connected.send(None)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        self._amqp = self._transport = None
        self._waiter.ignore()
        self._writer.disconnect()
        self._connected_since = None
        for channel in self._channels:
            channel.channel = None  # what came on it is in hand no more
        if connection is not None:
            try:
                connection.collect()  # without taking leave: a silent broker would not answer
            except Exception as error:
                _log.debug("Closing a broken connection failed: %r", error)

    def _close(self) -> None:
        """Take leave of the broker, which has handled all that was written when it answers."""
        if self._connection is not None and not self.is_blocked:
            try:
                self._writer.flush()
                self._transport.sock.settimeout(CLOSE_TIMEOUT_SECONDS)
                self._connection.connection.close()
            except Exception as error:  # of any kind: it ends all the same
                _log.info("Closing the connection to the broker failed: %r", error)

    def _pause(self, seconds: float) -> float:
        """Pause until the next attempt to connect, and return the pause after that one."""
        eventlet.sleep(MIN_RECONNECT_PAUSE_SECONDS)  # also where it is woken all the time
        self._waiter.wait(seconds - MIN_RECONNECT_PAUSE_SECONDS)
        return min(seconds * 2, MAX_RECONNECT_PAUSE_SECONDS)

    def _serve(self) -> None:
        assert self._connection is not None and self._reader is not None
        sock = self._transport.sock
        is_readable, tick_at = True, 0.0
        while not self._is_stopped:
            # Also where it is blocked: a heartbeat would break the frame.
            if self._writer.is_mid_frame:
                self._writer.flush()
            # After a stall, what has come in time is taken before anything is judged to be late.
            is_due = (now := time.monotonic()) >= tick_at
            has_more = self._receive(is_readable or is_due)
            if is_due:
                self._tick()
                tick_at = now + self._turn_seconds
            if not self.is_blocked:
                has_more |= self._perform_pending()
                self._writer.flush()
            # From here on nothing may be written before the wait, or it would wait as well.
            if has_more or self._reader.has_frames:
                eventlet.sleep(0)
                is_readable = True
            else:
                is_readable = self._waiter.wait(self._turn_seconds, sock)

    def _tick(self) -> None:
        """Do periodic work, even when nothing arrives."""
        assert self._connection is not None
        self._connection.heartbeat_check()
        if self.is_blocked:
            self.health.heartbeat()
            return
        self.health.succeeded()
        if self._probe:
            self._writer.write(self._probe)
        for each in self._channels:
            each.on_tick(each.channel)

    def _block(self, is_blocked: bool) -> None:
        self.is_blocked = self._writer.is_blocked = is_blocked
        self._connected_since = time.monotonic()
        metrics.BROKER_BLOCKED.set(is_blocked)
        _log.warning(
            "The broker takes %s: it %s short of memory or disk",
            *(("no messages", "is") if is_blocked else ("messages again", "was")),
        )
        for each in self._channels:
            each.on_block(is_blocked)

    def _receive(self, is_readable: bool) -> bool:
        """Handle what has come, up to a bound; return whether there may be more."""
        assert self._reader is not None
        connection, reader = self._amqp, self._reader
        has_more = is_readable and (bool(reader.deliveries) or reader.receive())
        reader.pass_on()
        for _ in range(min(len(reader.deliveries), MAX_DELIVERIES_PER_TURN)):
            delivery = reader.deliveries.popleft()
            consumer = connection.channels[delivery.channel].callbacks.get(delivery.consumer_tag)
            if consumer is not None:  # else it has been cancelled meanwhile
                consumer(delivery)
        frames = connection.bytes_recv
        if frames != self._frames_received:
            if self.silent_seconds() > self._heartbeat:
                self._connected_since = time.monotonic()
            self._frames_received, self._received_at = frames, time.monotonic()
        return has_more

    def _perform_pending(self) -> bool:
        """Carry out actions that wait, up to a bound; return whether there are more."""
        for _ in range(min(len(self._pending), MAX_ACTIONS_PER_TURN)):
            channel, action, done = self._pending.popleft()
            try:
                action(channel.channel)
            except Exception as error:
                done.send(error)
                raise
            done.send(None)
            # A slow broker takes long for each of many: the loop gets on, and is not stuck.
            self.health.heartbeat()
        return bool(self._pending)
