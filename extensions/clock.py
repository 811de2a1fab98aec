"""The time: given to services as a dependency, and shown to clients as ISO 8601."""

import time
from datetime import UTC, datetime
from typing import overload

from nameko.extensions import DependencyProvider

MAX_CLOCK_SKEW_SECONDS = 1.0  # by which the clocks of two machines may differ


class Clock(DependencyProvider):
    """The time now, as a function that gives seconds since the epoch; tests give their own."""

    def get_dependency(self, worker_ctx):
        return time.time


@overload
def timestamp(seconds: float) -> str: ...


@overload
def timestamp(seconds: None) -> None: ...


@overload
def timestamp(seconds: float | None) -> str | None: ...


def timestamp(seconds: float | None) -> str | None:
    """ISO 8601 in UTC, to the millisecond: `2026-01-31T12:00:00.000Z`."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
