"""How long the last searches of each pool have waited, and the estimate that this gives."""

from searcher.matching import estimate
from searcher.pairing import Pairing
from searcher.tables import Tables

WAITS_REMEMBERED = 20  # of each pool
WAITS_SECONDS = 86_400.0


class WaitTimes:
    """The wait times by pool. They end by themselves, and may be lost."""

    def __init__(self, tables: Tables):
        self._tables = tables

    def estimate(self, pool: str) -> float | None:
        """Return how many seconds a search in this pool is likely to take."""
        return estimate(self._tables.recall(_name(pool)) or [])

    def record(self, pairing: Pairing) -> None:
        """Record how long those of a pairing have waited."""
        name = _name(pairing.pool)
        waits = [*(self._tables.recall(name) or []), *pairing.waits]
        self._tables.note(name, waits[-WAITS_REMEMBERED:], WAITS_SECONDS)


def _name(pool: str) -> str:
    return f"waits:{pool}"
