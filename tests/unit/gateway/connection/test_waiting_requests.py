"""What is served where messages are read, in the hub's greenthread, may not wait.

A handler says by its type that it waits for nothing. One that waits all the same fails, each time
and before anything is held up, because eventlet does not switch from the hub to itself.
"""

import json
import socket
from types import SimpleNamespace

import eventlet
import pytest
from eventlet.event import Event
from eventlet.green import threading
from eventlet.greenio import GreenSocket
from eventlet.queue import Queue
from eventlet.semaphore import Semaphore
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from gateway.connection.websocket import WebSocket
from gateway.protocol.deferred import Deferred
from gateway.protocol.params import NoParams
from gateway.protocol.registry import METHODS, Access, method


def receive_from_the_peer():
    ours, theirs = map(GreenSocket, socket.socketpair())
    with ours, theirs:
        ours.recv(1)


WAITS = {
    "sleep": lambda: eventlet.sleep(0.001),
    "event": lambda: Event().wait(),
    "semaphore": lambda: Semaphore(0).acquire(),
    "lock": lambda: (lock := threading.Lock()).acquire() and lock.acquire(),
    "queue": lambda: Queue().get(),
    "greenthread": lambda: eventlet.spawn(eventlet.sleep).wait(),
    "socket": receive_from_the_peer,
}


@pytest.fixture
def handler(monkeypatch):
    """Enters the method `tests.run`, which runs what a test gives it, and then has a result."""
    handler = SimpleNamespace(run=lambda: None)
    monkeypatch.setitem(METHODS, "tests.run", None)  # so that it is taken out after the test

    @method("tests.run", Access.ANYONE)
    def run(call, given: NoParams) -> Deferred[dict]:
        handler.run()
        deferred = Deferred()
        deferred.settle({"done": True})
        return deferred

    return handler


@pytest.fixture
def call(handler, connect, receive):
    """Calls `tests.run` on a real socket: its answer."""
    ours, theirs = map(GreenSocket, socket.socketpair())
    client = Connection(ConnectionType.CLIENT)
    connection, left = connect(socket=WebSocket(ours.fd)), Event()
    connection.start(lambda message: receive(message, connection=connection), left.send)

    def call():
        request = {"jsonrpc": "2.0", "id": 1, "method": "tests.run", "params": {}}
        theirs.sendall(client.send(TextMessage(json.dumps(request))))
        while True:
            client.receive_data(theirs.recv(65_536))
            for event in client.events():
                if isinstance(event, TextMessage):
                    return json.loads(event.data)

    with eventlet.Timeout(60):
        yield call
        theirs.close()
        left.wait()


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
def test_handler_that_waits_in_the_hub_fails_and_is_logged(handler, call, wait, caplog):
    handler.run = wait
    assert call()["error"]["data"]["type"] == "InternalError"
    [logged] = [record for record in caplog.records if record.exc_info]
    assert "mainloop" in str(logged.exc_info[1]).lower()
    handler.run = lambda: None
    assert call()["result"] == {"done": True}
