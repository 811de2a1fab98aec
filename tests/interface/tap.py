"""Listens to fanout exchanges as an operator would: by an anonymous queue."""

import json
from dataclasses import dataclass
from typing import Any

import amqp
from kombu import Connection, Exchange

FENCE = "fence"


@dataclass(frozen=True)
class Heard:
    """A message as it came: on which exchange, by which key, with copies to which others."""

    exchange: str
    routing_key: str
    copies: list[str]
    persistent: bool
    body: dict[str, Any]

    @property
    def event(self) -> str:
        return self.body["event"]

    @property
    def params(self) -> dict[str, Any]:
        return self.body["params"]

    @property
    def players(self) -> list[str]:
        """Who hears of it on every connection that they have."""
        parts = [copy.split(".") for copy in self.copies]
        assert all(part[0] == "player" for part in parts), self.copies
        return [part[1] for part in parts]


class Tap:
    """An anonymous queue bound to fanout exchanges."""

    def __init__(self, amqp_uri: str, *exchanges: str):
        self._connection = Connection(amqp_uri)
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._exchanges = exchanges
        self._queue = self._channel.queue_declare(queue="", exclusive=True).queue
        self._received: list[Heard] = []
        for name in exchanges:
            Exchange(name, type="fanout", durable=True)(self._channel).declare()
            self._channel.queue_bind(self._queue, name)
        self._channel.basic_consume(self._queue, no_ack=True, callback=self._take)

    def next(self, timeout: float = 30.0) -> Heard:
        """The next message; TimeoutError where none comes in time."""
        while not self._received:
            self._connection.drain_events(timeout=timeout)
        return self._received.pop(0)

    def events(self, count: int) -> list[str]:
        """The names of the next events."""
        return [self.next().event for _ in range(count)]

    def rest(self) -> list[Heard]:
        """What has been announced up to now and not been taken."""
        for name in self._exchanges:
            # What a service was answered about, it has announced before: the fence comes after it.
            message = amqp.Message(json.dumps({"event": FENCE}))
            self._channel.basic_publish_confirm(message, exchange=name)
        rest: list[Heard] = []
        fences = 0
        while fences < len(self._exchanges):
            heard = self.next()
            if heard.event == FENCE:
                fences += 1
            else:
                rest.append(heard)
        return rest

    def close(self) -> None:
        self._connection.close()

    def _take(self, message) -> None:
        headers = message.headers or {}
        self._received.append(
            Heard(
                message.delivery_info["exchange"], message.delivery_info["routing_key"],
                list(headers.get("CC", [])), message.properties.get("delivery_mode") == 2,
                json.loads(message.body),
            )
        )
