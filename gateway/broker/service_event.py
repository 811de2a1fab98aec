"""An event of a service, as the gateway receives it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from extensions import json_codec
from gateway.broker.service_types import EventBody

DECODED_EVENTS = 256  # that are kept


@dataclass(frozen=True, slots=True)
class ServiceEvent:
    """An event of a service; `name` and `params` are what clients are told.

    `legal` has the legal moves of each player whose turn it is, where one message serves all
    viewers, and `search` the request that has started the search that ended.
    """

    name: str
    params: dict[str, Any]
    id: str | None
    routing_key: str = ""
    request_id: str | None = None
    legal: dict[str, list[Any]] | None = None
    search: str | None = None

    @classmethod
    def decode(cls, routing_key: str, text: str | bytes) -> "ServiceEvent":
        """Decode a message; raises ValueError or KeyError where it is no event."""
        return _decode(routing_key, bytes(text) if isinstance(text, memoryview) else text)

    @classmethod
    def from_body(cls, body: EventBody, routing_key: str = "") -> "ServiceEvent":
        """Return the event that a message has in its body."""
        return cls(
            body["event"], body["params"], body.get("id"), routing_key,
            body.get("call_id"), body.get("legal"), body.get("search"),
        )

    def params_for(self, viewer: str | None) -> dict[str, Any]:
        """Return the params with the viewer's own legal moves among them."""
        if self.legal is None:
            return self.params
        moves = self.legal.get(viewer, []) if viewer is not None else []
        return {**self.params, "legal": moves}


@lru_cache(maxsize=DECODED_EVENTS)
def _decode(routing_key: str, text: str | bytes) -> ServiceEvent:
    # An event comes once for each connection that hears it, one after the other.
    return ServiceEvent.from_body(json_codec.decode(text), routing_key)
