"""An event that a service publishes: its name, its recipients and its content."""

import secrets
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from extensions import request_id


@dataclass(frozen=True)
class OutboxMessage:
    """Something that has happened, as told to players.

    `subject` begins the routing key (`room.<id>`), `event` is the notification's name
    (`room.filled`), and `players` hear of it on every connection that they have. `internal` is told
    to gateways and no further, and so is the id of the request that caused it. Without an
    `exchange` it is published on the service's own.
    """

    subject: str
    event: str
    params: dict[str, Any]
    players: tuple[str, ...] = ()
    internal: dict[str, Any] = field(default_factory=dict)
    exchange: str | None = None
    request_id: str | None = field(default_factory=request_id.current)
    id: str = field(default_factory=partial(secrets.token_hex, 16))

    @cached_property
    def body(self) -> dict[str, Any]:
        body = {"id": self.id, "event": self.event, "params": self.params, **self.internal}
        if self.request_id is not None:
            body["call_id"] = self.request_id
        return body

    @property
    def routing_key(self) -> str:
        return f"{self.subject}.{self.event}"

    @property
    def cc(self) -> tuple[str, ...]:
        """The further routing keys, one for each player."""
        return tuple(f"player.{login}.{self.event}" for login in self.players)
