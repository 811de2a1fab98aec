"""What the searcher is given: the store of waiting requests, and a way to announce."""

import logging
from collections import deque

import eventlet
from nameko.extensions import DependencyProvider

from extensions.amqp.publisher import ConfirmingPublisher, Message, NotPublished
from extensions.errors import StorageAway
from extensions.fault_points import Point, after, before
from extensions.observability import health
from extensions.outbox.message import OutboxMessage
from searcher.matching import Windows
from searcher.redis_store import RedisStore
from searcher.redis_tables import Tables
from searcher.store import MemoryStore

_log = logging.getLogger(__name__)

RETRY_INTERVAL = 1.0
MOST_KEPT = 10_000


class Store(DependencyProvider):
    """The store that all workers share: of the process, or where REDIS_URL is set, of all."""

    def setup(self):
        settings = self.container.settings
        windows = Windows(settings.search_window, settings.search_widening)
        if settings.redis_url:
            tables = Tables(settings.redis_url, settings.connections)
            self.store = RedisStore(tables, windows, ready_check=settings.ready_check)
        else:
            self.store = MemoryStore(windows, ready_check=settings.ready_check)

    def get_dependency(self, worker_ctx):
        return self.store

    def reachable(self) -> bool:
        """Whether the store can be reached, tried just now."""
        try:
            self.store.request_of("nobody")
        except StorageAway as error:
            _log.info("Redis can't be reached: %s", error)
            return False
        return True


class Announce:
    """Sends notices on a fanout exchange; called, it tells by an exception what was not sent.

    The searcher has no database to keep notices in. A pairing stays in the store until its players
    have been told; what can't be taken back is told `later`, while this process lives.
    """

    def __init__(self, exchange: str, publisher: ConfirmingPublisher):
        self._exchange = exchange
        self._publisher = publisher
        self._kept: deque[OutboxMessage] = deque(maxlen=MOST_KEPT)

    @before(Point.COMMITTED)
    @after(Point.ANNOUNCED)
    def __call__(self, notices: list[OutboxMessage]) -> None:
        """Announce; raises NotPublished where the broker has not confirmed."""
        self._publisher.publish(
            [
                Message(self._exchange, notice.routing_key, notice.body, notice.cc)
                for notice in notices
            ]
        )

    def connected_seconds(self) -> float:
        """For how many seconds the broker has been there without a break; 0 while it is not."""
        return self._publisher.connected_seconds()

    def later(self, notices: list[OutboxMessage]) -> None:
        """Keep notices that could not be sent, until `send_kept` can send them."""
        self._kept.extend(notices)

    def send_kept(self) -> None:
        """Announce what has been kept, or keep it."""
        kept = list(self._kept)
        self._kept.clear()
        try:
            if kept:
                self(kept)
        except NotPublished as error:
            _log.warning("%d notices will be announced later: %s", len(kept), error)
            self._kept.extendleft(reversed(kept))


class Publisher(DependencyProvider):
    """Gives the service its Announce, and announces what was kept as soon as the broker takes it.
    """

    def __init__(self, exchange):
        self.exchange = exchange

    def setup(self):
        settings = self.container.settings
        self.publisher = ConfirmingPublisher(
            settings.amqp_uri, [self.exchange], settings.heartbeat
        )
        self.announce = Announce(self.exchange, self.publisher)
        known = health.of(self.container)
        known.add(self.publisher.health)
        self.health = known.watch("announcement_relay", RETRY_INTERVAL)

    def start(self):
        self.container.spawn_managed_thread(self.publisher.run)
        self.container.spawn_managed_thread(self._send_kept)

    def stop(self):
        self.publisher.stop()

    def get_dependency(self, worker_ctx):
        return self.announce

    def _send_kept(self):
        while True:
            eventlet.sleep(RETRY_INTERVAL)
            self.announce.send_kept()
            self.health.succeeded()


__all__ = ["Announce", "NotPublished", "Publisher", "Store"]
