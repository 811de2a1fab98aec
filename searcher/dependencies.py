"""What the searcher is given: the store of waiting requests, and a way to announce."""

from nameko.extensions import DependencyProvider

from extensions.publishing import ConfirmingPublisher, Message, NotPublished
from searcher.matching import Windows
from searcher.store import MemoryStore


class Store(DependencyProvider):
    """The store that all workers of the process share."""

    def setup(self):
        config = self.container.config
        self.store = MemoryStore(
            Windows(float(config["SEARCH_WINDOW"]), float(config["SEARCH_WIDENING"]))
        )

    def get_dependency(self, worker_ctx):
        return self.store


class Publisher(DependencyProvider):
    """Sends notices on a fanout exchange; what the broker does not take is told by an exception.

    The searcher has no database to keep notices in: a pairing stays in the store until its players
    have been told.
    """

    def __init__(self, exchange):
        self.exchange = exchange

    def setup(self):
        self.publisher = ConfirmingPublisher(self.container.config["AMQP_URI"], [self.exchange])

    def start(self):
        self.container.spawn_managed_thread(self.publisher.run)

    def stop(self):
        self.publisher.stop()

    def get_dependency(self, worker_ctx):
        return self.send

    def send(self, notices):
        """Announce; raises NotPublished where the broker has not confirmed."""
        self.publisher.publish(
            [
                Message(self.exchange, notice.routing_key, notice.body, notice.copies)
                for notice in notices
            ]
        )


__all__ = ["NotPublished", "Publisher", "Store"]
