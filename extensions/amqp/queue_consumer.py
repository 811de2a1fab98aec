"""Consumes the queues of a service on one connection, which is made again soon after it breaks.

Nameko's own consumer closes its connection as soon as it takes no more messages, so that those in
hand are given to another instance as well, and does not end while the broker is unavailable.
"""

import logging
import time
from contextlib import contextmanager, suppress

import eventlet
from kombu import Connection
from nameko.extensions import ProviderCollector
from nameko.messaging import QueueConsumer

from extensions.observability import health

_log = logging.getLogger(__name__)

RECONNECTING = {"interval_start": 0.2, "interval_step": 0.2, "interval_max": 2}
PROBE_TIMEOUT = 3.0  # seconds
COUNT_EVERY = 5.0  # seconds
END_TIMEOUT = 3.0  # seconds until a link that is not closed is left as it is


class RobustQueueConsumer(QueueConsumer):
    """Consumes a service's queues on one link, until all that it was given has been settled."""

    def __init__(self) -> None:
        super().__init__()
        self._linked = False
        self._counted_at = float("-inf")
        self._health = health.LoopHealth("queue_consumer")

    def start(self):
        health.of(self.container).add(self._health)
        super().start()

    @contextmanager
    def establish_connection(self):
        connection = self.connection.clone()
        try:
            # Soon after the broker is back: kombu would wait up to 30 s.
            connection.ensure_connection(
                self.on_connection_error, self.connect_max_retries, **RECONNECTING
            )
            self._linked = True
            yield connection
        except BaseException:
            connection.collect()  # to take leave of a broker that is silent takes for ever
            raise
        else:
            connection.release()
        finally:
            self._linked = False
            self._release_providers()

    def on_connection_error(self, error, interval):
        self._health.failed(error)

    def on_iteration(self):
        self._health.succeeded()
        self._count_waiting()
        # The link is kept also when nothing is consumed any more: what is being handled is
        # acknowledged on it.
        self._cancel_consumers_if_requested()

    def ack_message(self, message):
        """Settle a message, where the link is still there; else the broker has taken it back."""
        with suppress(OSError):  # stock Nameko's process ends of a link that breaks just now
            super().ack_message(message)

    def requeue_message(self, message):
        """Give a message back, where the link is still there; else the broker has it already."""
        with suppress(OSError):
            super().requeue_message(message)

    def unregister_provider(self, provider):
        """Take no more messages for a provider when this returns."""
        if self._linked and provider in self._consumers:
            super().unregister_provider(provider)
        else:  # there is nothing that could be taken
            ProviderCollector.unregister_provider(self, provider)

    def stop(self):
        """Close the link; whoever has messages in hand has settled them."""
        self.wait_for_providers()
        self.should_stop = True
        if self._linked:
            with eventlet.Timeout(END_TIMEOUT, False):
                self._gt.wait()
        self.kill()

    def kill(self):
        """End at once, whatever the broker does."""
        if self._gt is not None and not self._gt.dead:
            self._gt.kill()

    def reachable(self) -> bool:
        """Whether the broker can be reached, tried just now."""
        try:
            with Connection(self.amqp_uri, connect_timeout=PROBE_TIMEOUT) as connection:
                connection.connect()
        except Exception as error:
            _log.info("The broker can't be reached: %r", error)
            return False
        return True

    def _count_waiting(self):
        """Tell those who want to know how many messages wait for them."""
        if time.monotonic() - self._counted_at < COUNT_EVERY:
            return
        self._counted_at = time.monotonic()
        # The link is not used any more where this runs out.
        with eventlet.Timeout(PROBE_TIMEOUT, TimeoutError("the broker has fallen silent")):
            for provider, consumer in list(self._consumers.items()):
                if hasattr(provider, "note_waiting"):
                    found = consumer.queues[0].queue_declare(passive=True)
                    provider.note_waiting(found.message_count)

    def _cancel_consumers_if_requested(self):
        for provider in list(self._pending_remove_providers):
            self._consumers.pop(provider).cancel()
            self._pending_remove_providers.pop(provider).send()

    def _release_providers(self):
        # The link is gone, and all its consumers with it.
        self._consumers.clear()
        while self._pending_remove_providers:
            _, removed = self._pending_remove_providers.popitem()
            removed.send()
