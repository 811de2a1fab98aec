"""The gateway's process: it starts, listens, and stops gracefully."""

import argparse
import logging.config
import resource
import signal
import socket
import sys
from functools import partial
from typing import Any

import eventlet
from eventlet.event import Event

import gateway.methods  # noqa: F401  enters the methods into their table
from extensions import config_file, garbage, patches
from extensions.observability import tracing, watchdog
from extensions.observability.logs import name_process
from extensions.observability.metrics_server import MetricsServer
from extensions.settings import Settings
from extensions.settings.loader import InvalidSettings, load_settings, warn_of_misspelt_variables
from gateway.app import create_app
from gateway.gateway import Gateway
from gateway.http.admission import Admission
from gateway.http.server import HttpServer

_log = logging.getLogger(__name__)

BACKLOG = 4096  # the system may allow fewer
CHECK_TIMEOUT_SECONDS = 1.0
MAX_OPEN_FILES = 1_000_000
OTHER_OPEN_FILES = 100  # than those of clients
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
        settings = load_settings(config, "gateway")
    except InvalidSettings as error:
        sys.exit(str(error))
    name_process(settings.process_name or "gateway")
    logging.config.dictConfig(config["LOGGING"])
    warn_of_misspelt_variables()
    tracing.start(settings, "gateway")
    open_files = raise_open_files()
    try:
        listener = bind(settings.host, settings.port)
    except OSError as error:
        sys.exit(f"HOST {settings.host}, PORT {settings.port} cannot be listened on: {error}")
    listen_if_alone(listener)
    running = Gateway(settings)
    MetricsServer(settings, "gateway", running.health).start()
    running.start()
    listener.listen(BACKLOG)
    http = HttpServer(
        listener, create_app(settings, running, running.drawings.files),
        admission(settings, open_files), is_limited=settings.rate_limits,
        by_address=not settings.trusted_proxies,
    )
    garbage.spare_lasting_objects()
    accepting = eventlet.spawn(http.run)
    stopped: Event = Event()
    stop_all = partial(stop, running, accepting, http, listener, stopped)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(stop_all))
    watchdog.watch(settings.stuck_process)
    stuck = eventlet.spawn(await_stuck, running, settings.stuck_loop)
    stuck.link(lambda _: stop_all())
    _log.info("Listening on %s, port %d", *listener.getsockname()[:2])
    is_broken = await_accepted(accepting)
    stop_all()
    stopped.wait()
    sys.exit(1 if is_broken or stuck.dead else 0)


def raise_open_files() -> int:
    """Allow this process as many open files as it may have, and return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    return max(soft, allowed)


def admission(settings: Settings, open_files: int) -> Admission:
    """Return how many connections there may be, with some files left for all else."""
    return Admission(
        min(settings.max_connections, open_files - OTHER_OPEN_FILES),
        settings.max_connections_by_address if settings.rate_limits else None,
    )


def bind(host: str, port: int) -> socket.socket:
    """Bind the socket to listen on, at an IPv4 or IPv6 address or the name of one."""
    known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = known[0]
    listener = socket.socket(family)
    if family == socket.AF_INET6:  # `::` is every address, of IPv4 too
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Any number of gateways may listen on one port: the kernel distributes the connections.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Accepted sockets inherit it. Without it, an event would wait 40 ms for a delayed
    # acknowledgement of the message before it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def listen_if_alone(listener: socket.socket) -> None:
    """Listen before this process can serve, so that clients wait, unless another process listens.

    Who is turned away comes back ever later. But of what others can serve already, the kernel would
    give this process its part.
    """
    try:
        socket.create_connection(listener.getsockname()[:2], CHECK_TIMEOUT_SECONDS).close()
    except OSError:
        listener.listen(BACKLOG)


def await_stuck(running: Gateway, timeout_seconds: float) -> None:
    """Return when a loop of the gateway is stuck, so that only a restart helps."""
    stuck = running.await_stuck(timeout_seconds)
    _log.critical("The gateway exits, to be restarted: no progress in %s", ", ".join(stuck))


def await_accepted(accepting: Any) -> bool:
    """Return when no connections are accepted any more; True if that is not because of `stop`."""
    try:
        accepting.wait()
    except eventlet.greenlet.GreenletExit:
        return False
    except OSError as error:
        _log.critical("The gateway exits, to be restarted: it cannot accept: %s", error)
    return True


def stop(
    running: Gateway, accepting: Any, http: HttpServer, listener: socket.socket, stopped: Event
) -> None:
    """Accept nothing more, close the WebSockets, finish the requests, and end in 8 seconds."""
    if running.stopping:
        return
    _log.info("Stopping")
    running.stopping = True
    accepting.kill()  # before another socket can take the listener's number
    listener.close()
    running.stop(SOCKETS_STOP_SECONDS)
    tracing.stop()
    http.finish(HTTP_STOP_SECONDS)
    stopped.send()
