"""The gateway's process: it starts, listens, and stops gracefully."""

import argparse
import logging.config
import signal
import socket
import sys
from collections.abc import Iterable
from typing import Any

import eventlet
import eventlet.wsgi
from flask import Flask

import gateway.methods  # noqa: F401  enters the methods into their table
from extensions import config_file, patches
from extensions.observability import tracing, watchdog
from extensions.observability.logs import name_process
from extensions.observability.metrics_server import MetricsServer
from extensions.settings import InvalidSettings, Settings, warn_of_misspelt_variables
from gateway.app import create_app
from gateway.gateway import Gateway

_log = logging.getLogger(__name__)

BACKLOG = 4096  # the system may allow fewer
CHECK_TIMEOUT_SECONDS = 1.0
MAX_REQUESTS = 50_000  # by HTTP at once, WebSockets' handshakes too; each has a greenthread
HTTP_TIMEOUT_SECONDS = 60
# Together the time that a stop takes. Who starts the process must not kill it before.
SOCKETS_STOP_SECONDS = 5.0  # for clients to get their answers and to leave
HTTP_STOP_SECONDS = 3.0  # after that, for requests by HTTP


def main() -> None:
    """Read the configuration and serve until SIGTERM or SIGINT."""
    patches.install()
    arguments = argparse.ArgumentParser(description="Arbiter's gateway")
    arguments.add_argument("--config", default="config.yaml")
    config = config_file.read(arguments.parse_args().config)
    try:
        settings = Settings.load(config, "gateway")
    except InvalidSettings as error:
        sys.exit(str(error))
    name_process(settings.process_name or "gateway")
    logging.config.dictConfig(config["LOGGING"])
    warn_of_misspelt_variables()
    tracing.start(settings, "gateway")
    listener = bind(settings.port)
    listen_if_alone(listener)
    running = Gateway(settings)
    MetricsServer(settings, "gateway", running.health).start()
    running.start()
    listener.listen(BACKLOG)
    pool = TurnTakingPool(MAX_REQUESTS)
    server = eventlet.spawn(serve, listener, create_app(settings, running), pool)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(stop, running, server, listener, pool))
    watchdog.watch(settings.stuck_process)
    stuck = eventlet.spawn(await_stuck, running, settings.stuck_loop)
    stuck.link(lambda _: stop(running, server, listener, pool))
    _log.info("Listening on port %d", listener.getsockname()[1])
    try:
        server.wait()
    except eventlet.greenlet.GreenletExit:
        pass  # `stop` has ended it
    sys.exit(1 if stuck.dead else 0)


class TurnTakingPool(eventlet.GreenPool):
    """A pool that gives those who are being served a turn before each new request.

    Otherwise all connections of a crowd that arrives at once would be taken in before the first of
    them is answered, and the last would have given up.
    """

    def spawn(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """Start serving a request."""
        eventlet.sleep(0)
        return super().spawn(function, *args, **kwargs)


def bind(port: int) -> socket.socket:
    """Bind the socket to listen on."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Any number of gateways may listen on one port: the kernel distributes the connections.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Accepted sockets inherit it. Without it, an event would wait 40 ms for a delayed
    # acknowledgement of the message before it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind(("0.0.0.0", port))  # nosec B104
    return listener


def listen_if_alone(listener: socket.socket) -> None:
    """Have clients wait until this process can serve, unless another one listens on the port.

    Who is turned away comes back ever later. But of what others can serve already, the kernel would
    give this process its part.
    """
    port = listener.getsockname()[1]
    try:
        socket.create_connection(("127.0.0.1", port), CHECK_TIMEOUT_SECONDS).close()
    except OSError:
        listener.listen(BACKLOG)


def serve(listener: socket.socket, app: Flask, pool: eventlet.GreenPool) -> None:
    """Serve HTTP and WebSockets until it is killed."""
    eventlet.wsgi.server(
        listener, without_compression(app), custom_pool=pool,
        debug=False, log_output=False, socket_timeout=HTTP_TIMEOUT_SECONDS,
    )


def without_compression(app: Flask) -> Any:
    """Wrap an application, so that no WebSocket is compressed: each would take 300 KB."""

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return app(environ, start_response)

    return wrapped


def await_stuck(running: Gateway, timeout_seconds: float) -> None:
    """Return when a loop of the gateway is stuck, so that only a restart helps."""
    stuck = running.await_stuck(timeout_seconds)
    _log.critical("The gateway exits, to be restarted: no progress in %s", ", ".join(stuck))


def stop(running: Gateway, server: Any, listener: socket.socket, pool: eventlet.GreenPool) -> None:
    """Accept nothing more, close the WebSockets, finish the requests, and end in 8 seconds."""
    if running.stopping:
        return
    _log.info("Stopping")
    running.stopping = True
    listener.close()
    running.stop(SOCKETS_STOP_SECONDS)
    tracing.stop()
    server.kill()
    with eventlet.Timeout(HTTP_STOP_SECONDS, False):
        pool.waitall()
    for request in list(pool.coroutines_running):
        request.kill()
