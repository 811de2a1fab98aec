"""How many refusals a client may have before it is disconnected."""

from typing import NamedTuple

from gateway.protocol.dispatch import Answer
from gateway.protocol.flood_meter import FloodMeter


class Tolerance(NamedTuple):
    """How many refusals of a kind a client may have within how many seconds."""

    number: int
    seconds: float
    reason: str  # of the end after one more


MALFORMED_TOLERANCE = Tolerance(99, 10.0, "too many messages that are no requests")
RATE_LIMITED_TOLERANCE = Tolerance(499, 60.0, "too many requests, though they were refused")


class Refusals:
    """Counts the refusals of one client."""

    __slots__ = ("_meters",)

    def __init__(self) -> None:
        self._meters: dict[Tolerance, FloodMeter] = {}

    def count(self, answer: Answer) -> str | None:
        """Count an answer, and return why the client is to be disconnected, if it is."""
        if answer.is_malformed:
            tolerance = MALFORMED_TOLERANCE
        elif answer.is_rate_limited:
            tolerance = RATE_LIMITED_TOLERANCE
        else:
            return None
        meter = self._meters.get(tolerance)
        if meter is None:
            meter = self._meters[tolerance] = FloodMeter(tolerance.number, 0, tolerance.seconds)
        # Refusals have no size.
        return tolerance.reason if meter.count(1, 0) else None
