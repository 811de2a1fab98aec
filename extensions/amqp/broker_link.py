"""The one link of a service to the broker, on which all of its extensions have channels."""

from collections import deque
from collections.abc import Callable
from functools import cached_property

from kombu import Connection
from nameko.extensions import SharedExtension

from extensions.amqp.link import CONNECT_OPTIONS, CONNECT_TIMEOUT_SECONDS, Link
from extensions.observability import health


class BrokerLink(SharedExtension):
    """Connects the service to the broker; starts workers for what comes from there."""

    def __init__(self) -> None:
        super().__init__()
        self._starting: deque[Callable[[], None]] = deque()

    @cached_property
    def link(self) -> Link:
        """The link, which is made when the first of the extensions is set up."""
        settings = self.container.settings
        link = Link("broker_link", settings.amqp_uri, settings.heartbeat)
        health.of(self.container).add(link.health)
        return link

    def start(self) -> None:
        """Connect; returns when all channels are open."""
        self._running = self.container.spawn_managed_thread(self.link.run, "broker_link")
        self.link.await_connected()

    def stop(self) -> None:
        """Send what is still to be sent, and take leave of the broker."""
        self.link.stop()
        self._running.wait()

    def reachable(self) -> bool:
        """Try now whether the broker can be reached, and takes messages."""
        return not self.link.is_blocked and is_reachable(self.container.settings.amqp_uri)

    def when_free(self, start: Callable[[], None]) -> None:
        """Start a worker by `start` when the container has one free, in the order of the calls.

        The owner of the link never waits for a worker: workers wait for what it has to read.
        """
        if not self._starting and self.container._worker_pool.free() > 0:
            start()
            return
        self._starting.append(start)
        if len(self._starting) == 1:
            self.container.spawn_managed_thread(self._start_waiting, "start_workers")

    def _start_waiting(self) -> None:
        while self._starting:
            self._starting[0]()  # blocks while no worker is free
            self._starting.popleft()


def is_reachable(amqp_uri: str) -> bool:
    """Try now whether a broker can be reached."""
    try:
        with Connection(amqp_uri, connect_timeout=CONNECT_TIMEOUT_SECONDS) as connection:
            connection.ensure_connection(**CONNECT_OPTIONS)
    except Exception:  # of whatever kind: it can't
        return False
    return True
