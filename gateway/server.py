"""The gateway's process: configuration, listening, and going away in good order."""

import argparse
import logging.config
import signal
import socket

import eventlet
import eventlet.wsgi
import yaml
from nameko.cli.main import setup_yaml_parser

import gateway.methods  # noqa: F401  fills the table of methods
from extensions import tracing
from extensions.exposition import Exposition
from extensions.logs import name_process
from gateway.app import create_app
from gateway.core import Gateway

_log = logging.getLogger(__name__)

BACKLOG = 1024
MOST_REQUESTS = 50_000  # sockets and HTTP requests at once: each has a greenthread
HTTP_TIMEOUT = 60


def main() -> None:
    """Read the configuration and serve until SIGTERM or SIGINT."""
    arguments = argparse.ArgumentParser(description="Arbiter's gateway")
    arguments.add_argument("--config", default="config.yaml")
    config = read_config(arguments.parse_args().config)
    name_process("gateway")
    logging.config.dictConfig(config["LOGGING"])
    tracing.start(config, "gateway")
    listener = listen(int(config["PORT"]))
    Exposition(config, "gateway").start()
    running = Gateway(config)
    running.start()
    server = eventlet.spawn(serve, listener, create_app(config, running))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(stop, running, server, listener))
    _log.info("Listening on port %d", listener.getsockname()[1])
    try:
        server.wait()
    except eventlet.greenlet.GreenletExit:
        pass  # `stop` has ended it


def read_config(path: str) -> dict:
    """The settings, with the environment's values where there are any, as Nameko reads them."""
    setup_yaml_parser()
    with open(path) as file:
        return yaml.safe_load(file)


def listen(port: int) -> socket.socket:
    """The listening socket; what it accepts sends at once what is written to it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Any number of gateways may listen on one port: the kernel shares the connections out.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Else what is pushed to an opponent would wait for a delayed acknowledgement, 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind(("0.0.0.0", port))
    listener.listen(BACKLOG)
    return listener


def serve(listener: socket.socket, app) -> None:
    """Serve HTTP and WebSockets."""
    eventlet.wsgi.server(
        listener, without_compression(app), custom_pool=eventlet.GreenPool(MOST_REQUESTS),
        debug=False, log_output=False, socket_timeout=HTTP_TIMEOUT,
    )


def without_compression(app):
    """The application, with no WebSocket compressed: it would cost 300 KB for each."""

    def wrapped(environ, start_response):
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return app(environ, start_response)

    return wrapped


def stop(running: Gateway, server, listener: socket.socket) -> None:
    """Take no more, tell the clients, and end."""
    if running.stopping:
        return
    _log.info("Going away")
    running.stopping = True
    listener.close()
    running.stop()
    tracing.stop()
    server.kill()
