"""What the session service counts beside what every service does."""

from collections import Counter as Count
from typing import Any

from prometheus_client import Counter, Gauge

from extensions.observability.monitoring import outcome
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


def count_commands(requests: list[dict[str, Any]], answers: list[Any]) -> None:
    """Count commands by what they were answered: a dict, or the exception."""
    decided = Count(
        (_name(request["command"]), outcome(answer if isinstance(answer, Exception) else None))
        for request, answer in zip(requests, answers, strict=True)
    )
    for (command, result), number in decided.items():
        DECIDED.labels(command, result).inc(number)


def _name(command: dict[str, Any]) -> str:
    # Not whatever a client has made up: there would be a series for each.
    return command_type(command) or "unknown"
