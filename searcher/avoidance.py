"""Who is kept apart: two players who have just aborted twice, one session after the other.

Pure: no I/O, no clock.
"""

from dataclasses import dataclass

ABORTED_TOO_OFTEN = 2  # sessions of a pair, one after the other
KEPT_APART_SECONDS = 86_400.0  # since the last of them


@dataclass(frozen=True)
class AbortedSessions:
    """The sessions that a pair has aborted one after the other, and when the last was told of.

    `session_ids` are as many as matter, because a result may be told more than once.
    """

    session_ids: tuple[str, ...] = ()
    at: float = 0.0

    @property
    def too_often(self) -> bool:
        return len(self.session_ids) >= ABORTED_TOO_OFTEN

    def add(self, session_id: str, now: float) -> "AbortedSessions":
        """Return what is known of the pair when it has aborted this one as well."""
        if session_id in self.session_ids:
            return self
        return AbortedSessions((*self.session_ids, session_id)[-ABORTED_TOO_OFTEN:], now)

    def is_forgotten(self, now: float) -> bool:
        """Tell whether they are too long ago to matter."""
        return self.at <= now - KEPT_APART_SECONDS
