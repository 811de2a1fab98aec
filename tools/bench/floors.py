"""Floors: what a message, a commit and an echo cost where nothing else is done.

A move takes at least two messages through the broker, a commit, and two messages from the gateway.
Each floor is measured one at a time, on the engines of the server that is measured; all that a move
takes of them together is in `move_floor`.
"""

import multiprocessing
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypedDict

import amqp
import kombu
import psycopg2

from tools.bench.process_stats import Pids, cpu_seconds

BODY = b"x" * 700  # about as long as the event of a move
ECHO_HEADER = b"\x81\x7e\x02\xbc"
TIMEOUT_SECONDS = 10
RAW_TABLE = "CREATE TABLE floor (id INTEGER PRIMARY KEY, body TEXT NOT NULL)"


class Floor(TypedDict):
    """One operation: how long it takes, and the CPU time of the server and of the client."""

    microseconds: float
    server_cpu: float
    client_cpu: float


def message(amqp_uri: str, server: Pids, seconds: float) -> Floor:
    """Publish a message of an event's size, and consume it."""
    with kombu.Connection(amqp_uri) as connection:
        link = connection.transport.establish_connection()
        channel = link.channel()
        queue = channel.queue_declare(exclusive=True).queue
        received: list[amqp.Message] = []
        channel.basic_consume(queue, no_ack=True, callback=received.append)

        def once() -> None:
            channel.basic_publish(amqp.Message(BODY), routing_key=queue)
            while not received:
                link.drain_events(timeout=TIMEOUT_SECONDS)
            received.clear()

        measured = measure(once, seconds, lambda: cpu_seconds(server)["broker"])
        link.close()
    return measured


@contextmanager
def sqlite_commit(folder: Path) -> Iterator[Callable[[], object]]:
    """Return what inserts a row in a transaction of its own, with the settings of the services."""
    with closing(sqlite3.connect(folder / "floor.sqlite", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute(RAW_TABLE)
        insert = "INSERT INTO floor (body) VALUES (?)"
        yield lambda: database.execute(insert, [BODY.decode()])


@contextmanager
def postgres_commit(uri: str) -> Iterator[Callable[[], object]]:
    """Return what inserts a row in a transaction of its own."""
    location = uri.replace("postgresql+psycopg2://", "postgresql://", 1)
    with closing(psycopg2.connect(location)) as database, database.cursor() as cursor:
        database.autocommit = True
        cursor.execute(RAW_TABLE.replace("INTEGER PRIMARY KEY", "SERIAL PRIMARY KEY"))
        insert = "INSERT INTO floor (body) VALUES (%s)"
        yield lambda: cursor.execute(insert, [BODY.decode()])


def commit(insert: Callable[[], object], server: Pids, seconds: float) -> Floor:
    """Insert rows, each in a transaction of its own."""
    return measure(insert, seconds, lambda: cpu_seconds(server).get("postgres", 0.0))


def echo(seconds: float) -> Floor:
    """Send a frame of an event's size over a socket to a process that sends it back."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = multiprocessing.get_context("fork").Process(target=_echo, args=(listener,))
    server.start()
    client = socket.create_connection(listener.getsockname())
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    frame = ECHO_HEADER + BODY

    def once() -> None:
        client.sendall(frame)
        left = len(frame)
        while left:
            left -= len(client.recv(65536))

    try:
        pid = server.pid or 0
        return measure(once, seconds, lambda: cpu_seconds({"echo": pid})["echo"])
    finally:
        client.close()
        server.join(timeout=5)
        listener.close()


def _echo(listener: socket.socket) -> None:
    client, _ = listener.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while received := client.recv(65536):
        client.sendall(received)


def measure(
    once: Callable[[], object], seconds: float, server_cpu: Callable[[], float] = lambda: 0.0,
    interval: float = 0.0,
) -> Floor:
    """Do it over and over for some seconds, or once an interval."""
    once()
    number, spent = 0, 0.0
    began, client, server = time.perf_counter(), time.process_time(), server_cpu()
    while (now := time.perf_counter()) - began < seconds:
        once()
        number, spent = number + 1, spent + time.perf_counter() - now
        if interval:
            time.sleep(max(began + number * interval - time.perf_counter(), 0))
    return {
        "microseconds": 1e6 * spent / number,
        "server_cpu": 1e6 * (server_cpu() - server) / number,
        "client_cpu": 1e6 * (time.process_time() - client) / number,
    }
