"""Accepts connections, and serves HTTP on them."""

import errno
import logging
import socket
from http import HTTPStatus
from typing import Any

import eventlet
from eventlet import greenio, wsgi

from extensions.observability.sampling import Sampler
from gateway.http.admission import Admission, Slot
from gateway.http.protocol import HttpProtocol
from gateway.http.refusals import refusal
from gateway.protocol.client_network import client_network

_log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 60  # of reading and of writing
PAUSE_SECONDS = 0.1
LOG_INTERVAL_SECONDS = 10.0
# The listening socket itself is of no use any more.
FATAL_ERRORS = (errno.EBADF, errno.EINVAL, errno.ENOTSOCK, errno.EOPNOTSUPP)
RESOURCE_ERRORS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
BUSY = refusal(HTTPStatus.SERVICE_UNAVAILABLE)


class HttpServer:
    """Accepts until it is killed. What keeps one connection from being accepted ends nothing."""

    def __init__(
        self, listener: socket.socket, app: Any, admission: Admission, *, is_limited: bool,
        by_address: bool,
    ) -> None:
        """Take the WSGI application, and whether clients have the addresses that they come from."""
        self._listener, self._admission, self._by_address = listener, admission, by_address
        self._server = wsgi.Server(
            listener, listener.getsockname(), app, protocol=HttpProtocol, log_output=False,
            debug=False, socket_timeout=TIMEOUT_SECONDS,
        )
        self._server.is_limited = is_limited
        self._pool = eventlet.GreenPool(size=1_000_000)  # the admission has the bound
        self._states: dict[int, list[Any]] = {}  # of the connections, as eventlet keeps them
        self._failures = Sampler(LOG_INTERVAL_SECONDS)
        self._refusals = Sampler(LOG_INTERVAL_SECONDS)

    def run(self) -> None:
        """Accept for ever; raises OSError where that is not possible any more."""
        while True:
            try:
                client, address = self._listener.accept()
            except OSError as error:
                self._survive(error)
            else:
                self._admit(client, address)
                eventlet.sleep(0)  # before the next one: there may be thousands

    def finish(self, timeout_seconds: float) -> None:
        """Let the requests be answered that are under way, and end the others."""
        for state in self._states.values():
            is_idle, state[2] = state[2] == wsgi.STATE_IDLE, wsgi.STATE_CLOSE
            if is_idle:
                greenio.shutdown_safe(state[1])
        with eventlet.Timeout(timeout_seconds, False):
            self._pool.waitall()
        for state in self._states.values():
            greenio.shutdown_safe(state[1])  # so that what reads the rest of a request ends too
        for request in list(self._pool.coroutines_running):
            request.kill()

    def _survive(self, error: OSError) -> None:
        if error.errno in FATAL_ERRORS:
            raise error
        if (left_out := self._failures.take()) is not None:
            _log.error(
                "A connection could not be accepted; %d earlier failures were not logged: %s",
                left_out, error,
            )
        eventlet.sleep(PAUSE_SECONDS if error.errno in RESOURCE_ERRORS else 0)

    def _admit(self, client: socket.socket, address: tuple[Any, ...]) -> None:
        client.settimeout(TIMEOUT_SECONDS)
        slot = self._admission.enter()
        if slot is not None:
            if not self._by_address or slot.claim(client_network(address[0])):
                self._pool.spawn(self._serve, client, address, slot)
                return
            slot.leave()
        if (left_out := self._refusals.take()) is not None:
            _log.warning(
                "Too many connections: one was refused; %d earlier refusals were not logged",
                left_out,
            )
        _refuse(client)

    def _serve(self, client: socket.socket, address: tuple[Any, ...], slot: Slot) -> None:
        state = [address, client, wsgi.STATE_IDLE, slot]
        self._states[id(state)] = state
        try:
            self._server.process_request(state)
        except OSError:
            pass  # the client has left
        finally:
            del self._states[id(state)]
            if not slot.is_kept:
                slot.leave()
            client.close()


def _refuse(client: Any) -> None:
    try:
        client.fd.send(BUSY)  # what does not fit is not waited for
    except OSError:
        pass
    client.close()
