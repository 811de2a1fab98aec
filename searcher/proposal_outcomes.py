"""What has lately become of proposals: who has missed some, and who has just accepted one."""

from collections.abc import Collection

from searcher.ready_check import Misses, miss, pause_seconds
from searcher.tables import Tables

ACCEPTED_SECONDS = 60.0  # in which a player who has lost the answer may accept again


class ProposalOutcomes:
    """Misses by player and acceptances by proposal. They end by themselves, and may be lost."""

    def __init__(self, tables: Tables):
        self._tables = tables

    def pause_seconds(self, login: str, now: float) -> float:
        """Return how long a player may not search yet, for having missed a proposal."""
        return pause_seconds(self._misses(login), now)

    def record_miss(self, login: str, now: float) -> None:
        """Record that a player has missed a proposal."""
        misses = miss(self._misses(login), now)
        self._tables.note(
            _missed(login), [misses.count, misses.until], misses.forgiven_at - now
        )

    def record_acceptance(self, proposal_id: str, players: Collection[str], now: float) -> None:
        """Record that all players have accepted a proposal."""
        until = now + ACCEPTED_SECONDS
        self._tables.note(_accepted(proposal_id), [list(players), until], ACCEPTED_SECONDS)

    def was_accepted(self, login: str, proposal_id: str, now: float) -> bool:
        """Tell whether a player is one of those who have just accepted a proposal."""
        players, until = self._tables.recall(_accepted(proposal_id)) or ((), now)
        return login in players and now < until

    def _misses(self, login: str) -> Misses | None:
        known = self._tables.recall(_missed(login))
        return Misses(*known) if known else None


def _missed(login: str) -> str:
    return f"missed:{login}"


def _accepted(proposal_id: str) -> str:
    return f"accepted:{proposal_id}"
