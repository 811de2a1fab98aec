"""What the session service counts beside what every service does."""

from collections import Counter as Tally
from collections.abc import Iterable
from typing import Any

from prometheus_client import Counter, Gauge

from extensions.observability.request_metrics import outcome
from sessions.commands import command_type

DECIDED = Counter(
    "arbiter_session_commands_total", "Commands of players, by command and outcome",
    ["command", "outcome"],
)
ACTIVE = Gauge("arbiter_sessions_active", "Sessions that are being played", registry=None)
OVERDUE = Gauge(
    "arbiter_sessions_overdue", "Sessions whose deadline has passed and that nobody has looked at",
    registry=None,
)
OVERDUE_SECONDS = Gauge(
    "arbiter_sessions_overdue_seconds", "For how long the first of these deadlines has passed",
    registry=None,
)
FROZEN = Gauge(
    "arbiter_sessions_frozen", "Active sessions whose rules are not installed", registry=None
)
GAUGES = (ACTIVE, OVERDUE, OVERDUE_SECONDS, FROZEN)


def count_commands(bodies: Iterable[dict[str, Any]], outcomes: Iterable[object]) -> None:
    """Count commands by type and outcome: an exception, or anything else for success."""
    tally = Tally(
        # Not by a type that a client has made up: each would be a series of its own.
        (command_type(body) or "unknown", outcome(each if isinstance(each, Exception) else None))
        for body, each in zip(bodies, outcomes, strict=True)
    )
    for (command, result), number in tally.items():
        DECIDED.labels(command, result).inc(number)


def set_gauges(active: int, overdue: int, overdue_seconds: float, frozen: int) -> None:
    """Set the gauges: how many sessions are active, overdue (since so many seconds) and frozen."""
    ACTIVE.set(active)
    OVERDUE.set(overdue)
    OVERDUE_SECONDS.set(overdue_seconds)
    FROZEN.set(frozen)
