"""What timers look at before they begin a transaction, because mostly there is nothing to do."""

from typing import NamedTuple

from extensions.dependencies import Database
from extensions.storage.database import begin_pipeline
from extensions.storage.downtime import HEARTBEAT_ROW
from rooms.room import FILLED, OPEN

NEXT_DUE = f"""
    SELECT (SELECT beat_at FROM pulse WHERE id = {HEARTBEAT_ROW}),
        (SELECT min(alive_until) FROM rooms WHERE status = '{OPEN}')
"""
ANY_UNFINISHED = f"""
    SELECT EXISTS (SELECT 1 FROM rooms WHERE status = '{FILLED}' AND session_id IS NULL)
"""


class NextDue(NamedTuple):
    """When the last heartbeat was recorded, and when the first lease of an open room ends."""

    heartbeat_at: float | None
    lease_until: float | None


def next_due(db: Database) -> NextDue:
    """Return what says whether time is to be recorded, or a lease has ended; lock nothing."""
    with begin_pipeline(db) as pipeline:
        return NextDue(*pipeline.read_only(NEXT_DUE, ())[0])


def has_unfinished(db: Database) -> bool:
    """Return whether a filled room is stored without its session; lock nothing."""
    with begin_pipeline(db) as pipeline:
        return bool(pipeline.read_only(ANY_UNFINISHED, ())[0][0])
