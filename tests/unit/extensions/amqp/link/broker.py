"""A broker that the tests of a link play, in the place of kombu's connection."""

import socket
from types import SimpleNamespace

import eventlet

from tests.unit.extensions.amqp.deliveries import as_bytes, delivered

HEARTBEAT = 10.0


class Broker:
    """Stands in for kombu's connection and for the broker behind it."""

    def __init__(self):
        self.connections = self.heartbeats = self.collected = 0
        self.is_away = False
        self.bytes_recv = 0
        self.taken_leave = []
        self.connection = self.transport = self
        self.frame_max = 131_072

    def __call__(self, uri, heartbeat, connect_timeout):
        self.heartbeat = heartbeat
        return self

    def ensure_connection(self, **options):
        if self.is_away:
            raise ConnectionRefusedError("away")
        self.connections += 1
        self.sock, self._other_end = socket.socketpair()
        self._other_end.setblocking(False)
        self.channels = {}

    def channel(self):
        number = len(self.channels) + 1
        channel = SimpleNamespace(
            callbacks={"tag": self.consume}, connection=self.connections, channel_id=number
        )
        self.channels[number] = channel
        return channel

    def send(self, heartbeats=1):
        self._other_end.sendall(as_bytes([(8, 0, b"")]) * heartbeats)

    def deliver(self, *bodies):
        for body in bodies:
            self._other_end.sendall(as_bytes(delivered(1, "a.key", body)))

    def consume(self, delivery):
        self.consumed.append(delivery.body)

    def lose(self):
        self._other_end.close()

    def on_inbound_frame(self, frame):
        self.bytes_recv += 1

    def write(self, frames):
        self.sock.sendall(frames)

    @property
    def written(self):
        try:
            return self._other_end.recv(4096, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return b""

    def heartbeat_check(self):
        self.heartbeats += 1

    def close(self):
        self.taken_leave.append(self.written)

    def collect(self):
        self.collected += 1


def number(channel):
    """Which connection a channel belongs to."""
    return channel.connection


def until(condition):
    while not condition():
        eventlet.sleep(0.001)
