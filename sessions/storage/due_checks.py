"""What timers look at before they begin a transaction, because mostly there is nothing to do."""

from typing import NamedTuple

from extensions.storage.downtime import HEARTBEAT_ROW
from extensions.storage.pipeline import Pipeline

NEXT_DUE = f"""
    SELECT (SELECT beat_at FROM pulse WHERE id = {HEARTBEAT_ROW}),
        (SELECT min(deadline) FROM sessions), EXISTS (SELECT 1 FROM session_missing_rules)
"""
ANY_SPECTATOR_CHANGE = "SELECT EXISTS (SELECT 1 FROM session_audiences)"
FIRST_LEASE_END = "SELECT min(lease_until) FROM session_gateways"


class NextDue(NamedTuple):
    """When the last heartbeat was recorded, and the first deadline of any session.

    And whether it is noted of any rules that they were missing.
    """

    heartbeat_at: float | None
    deadline: float | None
    has_missing_rules: bool


def next_due(pipeline: Pipeline) -> NextDue:
    """Return what says whether time is to be recorded, or a deadline has passed."""
    [(heartbeat_at, deadline, has_missing_rules)] = pipeline.read_only(NEXT_DUE, ())
    return NextDue(heartbeat_at, deadline, bool(has_missing_rules))


def has_spectator_changes(pipeline: Pipeline) -> bool:
    """Return whether a number of spectators has changed that was not announced."""
    [(changed,)] = pipeline.read_only(ANY_SPECTATOR_CHANGE, ())
    return bool(changed)


def has_expired_lease(pipeline: Pipeline, now: float) -> bool:
    """Return whether the lease of a gateway has expired."""
    [(lease_until,)] = pipeline.read_only(FIRST_LEASE_END, ())
    return lease_until is not None and lease_until < now
