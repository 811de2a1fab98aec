"""Floors: what a message, a commit and an echo cost where nothing else is done.

A move takes at least two messages through the broker, a commit, and two messages from the gateway.
Each floor is measured one at a time, on the engines of the server that is measured.
"""

import multiprocessing
import socket
import sqlite3
import time
from collections.abc import Callable
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

        measured = _measure(once, seconds, lambda: cpu_seconds(server)["broker"])
        link.close()
    return measured


def sqlite_commit(folder: Path, seconds: float) -> Floor:
    """Insert a row in a transaction of its own, with the settings of the services."""
    database = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute(RAW_TABLE)
    try:
        return _measure(
            lambda: database.execute("INSERT INTO floor (body) VALUES (?)", [BODY.decode()]),
            seconds,
        )
    finally:
        database.close()


def postgres_commit(uri: str, server: Pids, seconds: float) -> Floor:
    """Insert a row in a transaction of its own."""
    database = psycopg2.connect(uri.replace("postgresql+psycopg2://", "postgresql://", 1))
    database.autocommit = True
    try:
        with database.cursor() as cursor:
            cursor.execute(RAW_TABLE.replace("INTEGER PRIMARY KEY", "SERIAL PRIMARY KEY"))
            return _measure(
                lambda: cursor.execute("INSERT INTO floor (body) VALUES (%s)", [BODY.decode()]),
                seconds, lambda: cpu_seconds(server)["postgres"],
            )
    finally:
        database.close()


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
        return _measure(once, seconds, lambda: cpu_seconds({"echo": pid})["echo"])
    finally:
        client.close()
        server.join(timeout=5)
        listener.close()


def _echo(listener: socket.socket) -> None:
    client, _ = listener.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while received := client.recv(65536):
        client.sendall(received)


def _measure(
    once: Callable[[], object], seconds: float, server_cpu: Callable[[], float] = lambda: 0.0
) -> Floor:
    """Do it over and over for some seconds."""
    once()
    number, began, client, server = 0, time.perf_counter(), time.process_time(), server_cpu()
    while (elapsed := time.perf_counter() - began) < seconds:
        once()
        number += 1
    return {
        "microseconds": 1e6 * elapsed / number,
        "server_cpu": 1e6 * (server_cpu() - server) / number,
        "client_cpu": 1e6 * (time.process_time() - client) / number,
    }
