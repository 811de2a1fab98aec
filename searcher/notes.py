"""What is noted beside the tables, goes by itself, and may be lost: waits, misses, acceptances."""

from collections.abc import Collection

from searcher.matching import estimate
from searcher.pairing import Pairing
from searcher.ready_check import Misses, miss, pause_seconds
from searcher.tables import Tables

WAITS_REMEMBERED = 20  # of each pool
WAITS_SECONDS = 86_400.0
ACCEPTED_SECONDS = 60.0  # in which a player who has lost the answer may accept again


class Notes:
    """The notes of the searcher, by pool, player and proposal."""

    def __init__(self, tables: Tables):
        self._tables = tables

    def estimate(self, pool: str) -> float | None:
        """Return how many seconds a search in this pool is likely to take."""
        return estimate(self._tables.recall(_waits(pool)) or [])

    def note_waits(self, pairing: Pairing) -> None:
        """Note how long those of a pairing have waited."""
        name = _waits(pairing.pool)
        waits = [*(self._tables.recall(name) or []), *pairing.waits]
        self._tables.note(name, waits[-WAITS_REMEMBERED:], WAITS_SECONDS)

    def pause_seconds(self, login: str, now: float) -> float:
        """Return how long a player may not search yet, for having missed a proposal."""
        return pause_seconds(self._misses(login), now)

    def note_miss(self, login: str, now: float) -> None:
        """Note that a player has missed a proposal."""
        misses = miss(self._misses(login), now)
        self._tables.note(
            _missed(login), [misses.count, misses.until], misses.forgiven_at - now
        )

    def note_accepted(self, proposal_id: str, players: Collection[str], now: float) -> None:
        """Note that both players have accepted a proposal."""
        until = now + ACCEPTED_SECONDS
        self._tables.note(_accepted(proposal_id), [list(players), until], ACCEPTED_SECONDS)

    def was_accepted(self, login: str, proposal_id: str, now: float) -> bool:
        """Tell whether a player is one of those who have just accepted a proposal."""
        players, until = self._tables.recall(_accepted(proposal_id)) or ((), now)
        return login in players and now < until

    def _misses(self, login: str) -> Misses | None:
        known = self._tables.recall(_missed(login))
        return Misses(*known) if known else None


def _waits(pool: str) -> str:
    return f"waits:{pool}"


def _missed(login: str) -> str:
    return f"missed:{login}"


def _accepted(proposal_id: str) -> str:
    return f"accepted:{proposal_id}"
