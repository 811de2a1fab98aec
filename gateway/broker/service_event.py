"""An event of a service, as the gateway receives it."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from arbiter_games.contract import Move
from extensions import json_codec
from gateway.broker.service_types import EventBody
from gateway.protocol import json_rpc

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
    legal: dict[str, list[Move]] | None = None
    search: str | None = None
    # What has been encoded: the notification without moves of anybody's, and those of viewers.
    _common: list[bytes] = field(default_factory=list, init=False, repr=False, compare=False)
    _notifications: dict[str | None, bytes] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def decode(cls, routing_key: str, text: str | bytes) -> "ServiceEvent":
        """Decode a message; raises ValueError or KeyError where it is no event."""
        return _decode(routing_key, bytes(text) if isinstance(text, memoryview) else text)

    @classmethod
    def from_body(cls, body: EventBody, routing_key: str = "") -> "ServiceEvent":
        """Return the event that a message has in its body."""
        return cls(
            body["event"], body["params"], body.get("id"), routing_key,
            body.get("request_id"), body.get("legal"), body.get("search"),
        )

    def notification_for(self, viewer: str | None) -> bytes:
        """Return what this viewer is sent, with the viewer's own legal moves in it.

        It is encoded once for all viewers who are sent the same, and what is common to all once.
        """
        moves = self.legal.get(viewer, []) if self.legal and viewer is not None else []
        whose = viewer if moves else None
        if whose not in self._notifications:
            self._notifications[whose] = self._encode(moves)
        return self._notifications[whose]

    def _encode(self, moves: list[Move]) -> bytes:
        if not self._common:
            self._common.append(json_rpc.notification(self.name, self.params))
        [common] = self._common
        return common if self.legal is None else json_rpc.with_param(common, "legal", moves)


@lru_cache(maxsize=DECODED_EVENTS)
def _decode(routing_key: str, text: str | bytes) -> ServiceEvent:
    # An event comes once for each connection that hears it, one after the other.
    return ServiceEvent.from_body(json_codec.decode(text), routing_key)
