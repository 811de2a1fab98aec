"""How long no instance of a service ran: downtime, for which no deadline may fall.

Each instance records heartbeats in one row of the service's database. Further rows tell when work
was last done that the instances take in turn.
"""

from typing import Any

from sqlalchemy import Float, Integer
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions.clock import MIN_CLOCK_RESET_SECONDS
from extensions.storage.database import upsert
from extensions.storage.pipeline import Pipeline

TOLERATED_PAUSE_SECONDS = 3.0  # a shorter one is no downtime
HEARTBEAT_INTERVAL_SECONDS = 1.0
HEARTBEAT_ROW = 1
# Unless the service was down: who notices that has more to do.
RECORD_HEARTBEAT = f"""
    UPDATE pulse SET beat_at = %s WHERE id = {HEARTBEAT_ROW} AND beat_at BETWEEN %s AND %s
"""


class DowntimeColumns:
    """The columns of the table; each service mixes them into a model of its own."""

    __tablename__ = "pulse"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    beat_at: Mapped[float] = mapped_column(Float)


def record_heartbeat(session: Session, table: type[DowntimeColumns], now: float) -> float:
    """Record that the service runs; return the seconds for which it did not, usually 0."""
    row: Any = session.get(table, HEARTBEAT_ROW, with_for_update=True)
    if row is None:
        upsert(session, table, {"id": HEARTBEAT_ROW, "beat_at": now})
        return 0.0
    pause: float = now - row.beat_at
    if is_heartbeat_due(row.beat_at, now):
        row.beat_at = now
    return pause if pause > TOLERATED_PAUSE_SECONDS else 0.0


def record_mere_heartbeat(pipeline: Pipeline, now: float) -> None:
    """Record that the service runs, in one round trip, unless it has been down."""
    pipeline.write_only(RECORD_HEARTBEAT, (now, now - TOLERATED_PAUSE_SECONDS, now))


def has_been_down(last: float | None, now: float) -> bool:
    """Return whether a last heartbeat means downtime, or that a clock was set, or is missing."""
    return last is None or not -MIN_CLOCK_RESET_SECONDS <= now - last <= TOLERATED_PAUSE_SECONDS


def is_heartbeat_due(last: float, now: float) -> bool:
    """Return whether a heartbeat is to be recorded, after one at `last`."""
    # Not each call, or each would be a write to the disk. And never back, unless the clock was set:
    # if a machine whose clock is behind took it back, one whose clock is ahead would see a pause.
    pause = now - last
    return pause >= HEARTBEAT_INTERVAL_SECONDS or pause < -MIN_CLOCK_RESET_SECONDS


def claim_turn(
    session: Session, table: type[DowntimeColumns], row_id: int, now: float, interval: float
) -> bool:
    """Return whether work is due that one instance does once in `interval` seconds.

    Each kind of work has a row of its own, from 2 on.
    """
    row: Any = session.get(table, row_id, with_for_update=True)
    if row is None:
        upsert(session, table, {"id": row_id, "beat_at": now})
        return True
    if 0 <= now - row.beat_at < interval:
        return False
    row.beat_at = now
    return True
