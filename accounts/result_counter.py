"""Results of sessions, counted once in the ratings of their players."""

from typing import Any

from accounts import ratings, session_results, storage
from extensions.dependencies import Clock, Database, Dependencies

# A result is delivered again for no longer than that: after the outage that kept it back.
COUNTED_SESSIONS_KEPT_SECONDS = 7 * 86_400.0


class ResultCounter:
    """Moves ratings by results, and knows which have been counted."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    @classmethod
    def of(cls, service: Dependencies) -> "ResultCounter":
        """Return one that is made from the dependencies of a service."""
        return cls(service.db, service.clock)

    def count(self, message: Any) -> None:
        """Move the ratings of the players of a rated session that has ended, once."""
        result = session_results.parse(message)
        if result.counts:
            with self._db.get_session() as session:
                ratings.count(session, result, self._clock())

    def forget_counted(self) -> None:
        """Forget sessions whose results can't be delivered again."""
        with self._db.get_session() as session:
            storage.forget_counted(session, self._clock() - COUNTED_SESSIONS_KEPT_SECONDS)
