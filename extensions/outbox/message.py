"""An event that a service publishes: its name, its recipients and its content."""

import secrets
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from extensions import request_id


@dataclass(frozen=True)
class OutboxMessage:
    """Something that has happened, as told to players.

    `routing_key` says what it is about (`room.<id>`), `event` is the notification's name
    (`room.filled`), and `players` hear of it on every connection that they have. Who is bound by
    one of `further_keys` hears of it too. `internal` is told to gateways and no further, and so is
    the id of the request that caused it. Without an `exchange` it is published on the service's
    own.
    """

    routing_key: str
    event: str
    params: dict[str, Any]
    players: tuple[str, ...] = ()
    further_keys: tuple[str, ...] = ()
    internal: dict[str, Any] = field(default_factory=dict)
    exchange: str | None = None
    request_id: str | None = field(default_factory=request_id.current)
    id: str = field(default_factory=partial(secrets.token_hex, 16))

    @cached_property
    def body(self) -> dict[str, Any]:
        body = {"id": self.id, "event": self.event, "params": self.params, **self.internal}
        if self.request_id is not None:
            body["request_id"] = self.request_id
        return body

    @property
    def cc(self) -> tuple[str, ...]:
        """All routing keys beside the first: one for each player, and the further ones."""
        return (*(f"player.{login}" for login in self.players), *self.further_keys)
