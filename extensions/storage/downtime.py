"""The pulse of a service: how long none of its instances ran, which is held against nobody."""

from sqlalchemy import Float, Integer
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions.storage.database import upsert

TOLERATED_PAUSE_SECONDS = 3.0
HEARTBEAT_INTERVAL_SECONDS = 1.0
MOST_SKEW = 60.0  # by which the clocks of hosts may differ; a clock that is further back was set


class DowntimeColumns:
    """The table that says when the service last ran, in its first row; each mixes it into its own.

    Further rows say when something was last done that is done in turn.
    """

    __tablename__ = "pulse"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    beat_at: Mapped[float] = mapped_column(Float)


def record_heartbeat(session: Session, table, now: float) -> float:
    """Note that the service runs; the seconds for which it did not, 0 where it did all along."""
    pulse = session.get(table, 1, with_for_update=True)
    if pulse is None:
        upsert(session, table, {"id": 1, "beat_at": now})
        return 0.0
    pause = now - pulse.beat_at
    # Else each look would be a write to the disk; and where a host whose clock is behind took the
    # beat back, one whose clock is ahead would see a pause each time.
    if pause >= HEARTBEAT_INTERVAL_SECONDS or pause < -MOST_SKEW:
        pulse.beat_at = now
    return pause if pause > TOLERATED_PAUSE_SECONDS else 0.0


def claim_turn(session: Session, table, row: int, now: float, every: float) -> bool:
    """Whether it is time for what is done once in so many seconds, by whichever instance comes.

    Each of such things has a row of its own, from 2 on.
    """
    known = session.get(table, row, with_for_update=True)
    if known is None:
        upsert(session, table, {"id": row, "beat_at": now})
        return True
    if 0 <= now - known.beat_at < every:
        return False
    known.beat_at = now
    return True
