"""Results of sessions as the session service announces them, and the queue of who takes them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from kombu import Connection, Exchange

import sessions.events


class Results:
    """The durable queue of a service for results of sessions, and what puts them there."""

    def __init__(self, channel, queue):
        self.channel, self.queue = channel, queue
        exchange = Exchange(sessions.events.RESULTS_EXCHANGE, type="fanout", durable=True)
        self._exchange = exchange(channel)
        channel.confirm_select()

    def publish(self, body, **properties):
        """Send something to all who want to know results."""
        options = {"content_type": "application/json", "content_encoding": "utf-8", **properties}
        message = self._exchange.Message(body, delivery_mode="persistent", **options)
        self._exchange.publish(message, routing_key="session.result")

    def announce(self, session_id, players, reason="try", by_player=None):
        """Announce that a session has ended."""
        params = {
            "session_id": session_id, "game": "dobutsu", "players": list(players),
            "options": {"clock": None, "rated": True}, "ended_at": 1_700_000_000.0,
            "result": {"winner": None, "reason": reason, "by_player": by_player or {}},
        }
        self.publish(json.dumps({"id": session_id, "event": "session.result", "params": params}))

    def count_waiting(self):
        """Return how many messages wait in the queue."""
        return self.channel.queue_declare(self.queue, passive=True).message_count


@contextmanager
def results_for(queue: str, amqp_uri: str) -> Iterator[Results]:
    """Announce results of sessions, of which nothing is left in the queue before and after."""
    with Connection(amqp_uri) as connection:
        channel = connection.channel()
        channel.queue_delete(queue)
        yield Results(channel, queue)
        channel.queue_delete(queue)
