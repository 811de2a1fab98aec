"""The gateway's process: configuration, listening, and going away in good order."""

import argparse
import logging.config
import signal
import socket
import sys

import eventlet
import eventlet.wsgi
import yaml
from nameko.cli.main import setup_yaml_parser

import gateway.methods  # noqa: F401  fills the table of methods
from extensions import patches
from extensions.observability import tracing, watchdog
from extensions.observability.exposition import Exposition
from extensions.observability.logs import name_process
from gateway.app import create_app
from gateway.gateway import Gateway

_log = logging.getLogger(__name__)

BACKLOG = 1024
MOST_REQUESTS = 50_000  # sockets and HTTP requests at once: each has a greenthread
HTTP_TIMEOUT = 60
# Seconds until what is not done is broken off. Who started the process has to leave it longer.
SOCKET_PATIENCE = 5.0  # for clients to have their answers and to go elsewhere
HTTP_PATIENCE = 3.0  # after that, for requests by HTTP


def main() -> None:
    """Read the configuration and serve until SIGTERM or SIGINT."""
    patches.install()
    arguments = argparse.ArgumentParser(description="Arbiter's gateway")
    arguments.add_argument("--config", default="config.yaml")
    config = read_config(arguments.parse_args().config)
    name_process("gateway")
    logging.config.dictConfig(config["LOGGING"])
    tracing.start(config, "gateway")
    listener = bind(int(config["PORT"]))
    Exposition(config, "gateway").start()
    running = Gateway(config)
    running.start()
    listener.listen(BACKLOG)  # not before: others may listen on the port who can serve already
    pool = eventlet.GreenPool(MOST_REQUESTS)
    server = eventlet.spawn(serve, listener, create_app(config, running), pool)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(stop, running, server, listener, pool))
    watchdog.watch(float(config["STUCK_PROCESS"]))
    judging = eventlet.spawn(judge, running, float(config["STUCK_LOOP"]))
    judging.link(lambda _: stop(running, server, listener, pool))
    _log.info("Listening on port %d", listener.getsockname()[1])
    try:
        server.wait()
    except eventlet.greenlet.GreenletExit:
        pass  # `stop` has ended it
    sys.exit(1 if judging.dead else 0)


def read_config(path: str) -> dict:
    """The settings, with the environment's values where there are any, as Nameko reads them."""
    setup_yaml_parser()
    with open(path) as file:
        return yaml.safe_load(file)


def bind(port: int) -> socket.socket:
    """The socket to listen on; what it accepts sends at once what is written to it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Any number of gateways may listen on one port: the kernel shares the connections out.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Else what is pushed to an opponent would wait for a delayed acknowledgement, 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind(("0.0.0.0", port))
    return listener


def serve(listener: socket.socket, app, pool: eventlet.GreenPool) -> None:
    """Serve HTTP and WebSockets."""
    eventlet.wsgi.server(
        listener, without_compression(app), custom_pool=pool,
        debug=False, log_output=False, socket_timeout=HTTP_TIMEOUT,
    )


def without_compression(app):
    """The application, with no WebSocket compressed: it would cost 300 KB for each."""

    def wrapped(environ, start_response):
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return app(environ, start_response)

    return wrapped


def judge(running: Gateway, patience: float) -> None:
    """Return when a loop of the gateway is stuck, so that nothing but a new start helps."""
    stuck = running.health.await_stuck(patience, running.services.reachable)
    _log.critical(
        "This gateway ends, to be started again: %s does not come round", ", ".join(stuck)
    )


def stop(running: Gateway, server, listener: socket.socket, pool: eventlet.GreenPool) -> None:
    """Take no more, tell the clients, answer what is under way, and end: within 8 seconds."""
    if running.stopping:
        return
    _log.info("Going away")
    running.stopping = True
    listener.close()
    running.stop(SOCKET_PATIENCE)
    tracing.stop()
    server.kill()
    with eventlet.Timeout(HTTP_PATIENCE, False):
        pool.waitall()
    for request in list(pool.coroutines_running):
        request.kill()
