"""All changes that this project makes to other packages at run time, each with its reason.

A process calls `install` once before it starts. Importing `extensions.service_base` does so, and
without that module there is no service; the gateway does it in `gateway.process`, and has one more
in `gateway.http.upgrade`.
"""

import logging
from heapq import heappop
from typing import Any

from eventlet.hubs.hub import BaseHub
from eventlet.patcher import is_monkey_patched, original
from kombu import serialization
from nameko.rpc import Rpc
from prometheus_client import values

from extensions import json_codec
from extensions.rpc.server import RpcServer
from extensions.storage import postgres


def install() -> None:
    """Install all patches; calling it again changes nothing."""
    # Nameko has a connection for requests and others for replies, and encodes each reply twice. It
    # ends the process where a reply can't be published, as while the broker restarts, closes its
    # connection before the messages in hand are settled, so that another instance gets them as
    # well, and does not end while the broker is unavailable.
    Rpc.rpc_consumer = RpcServer()
    # kombu takes 6 us each to write and to read an event. What it writes beyond JSON (dates, UUIDs)
    # is sent by nobody here.
    serialization.register(
        "json", json_codec.encode, json_codec.decode,
        content_type="application/json", content_encoding="utf-8",
    )
    # psycopg2 blocks the whole process at each query. `eventlet.monkey_patch()` sets a callback
    # that waits for a silent server without limit (eventlet#436, psycopg2#113).
    if is_monkey_patched("socket"):
        postgres.install_wait_callback()
    # A timer that was cancelled still wakes eventlet's hub at its time, for nothing. Every wait
    # with a time limit leaves one, so that a move would wake each process several times later.
    BaseHub.sleep_until = _sleep_until
    # prometheus_client guards each number with a lock, and eventlet has one that takes 2 us. None
    # of the greenthreads is left while it changes a number, so that the native lock never waits.
    vars(values).update(Lock=original("threading").Lock)
    # logging looks up for each record what no format here shows: the caller (disabled as Python's
    # logging HOWTO says under "Optimization"), the thread, the process and the asyncio task.
    vars(logging).update(
        _srcfile=None, logThreads=False, logProcesses=False, logMultiprocessing=False,
        logAsyncioTasks=False,
    )


def _sleep_until(hub: Any) -> float | None:
    """Return when the first timer of a hub is due that was not cancelled; None without any."""
    timers = hub.timers
    while timers and timers[0][1].called:
        heappop(timers)
        hub.timers_canceled -= 1
    return timers[0][0] if timers else None
