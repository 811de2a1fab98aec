"""How far machines' clocks may differ, and how a time is shown to clients."""

from datetime import UTC, datetime
from typing import Final, overload

# How far the clocks of two machines may differ. NTP keeps them closer. What happened since a time
# is looked up from this much earlier, and what must be over by a time is over this much earlier.
MAX_CLOCK_SKEW_SECONDS: Final = 1.0
# A clock that goes back by more was set by somebody, and is right now; by less, it is another
# machine's. It is generous: a wrong guess would keep deadlines from ever falling.
MIN_CLOCK_RESET_SECONDS: Final = 60.0


@overload
def timestamp(seconds: float) -> str: ...


@overload
def timestamp(seconds: None) -> None: ...


@overload
def timestamp(seconds: float | None) -> str | None: ...


def timestamp(seconds: float | None) -> str | None:
    """Return ISO 8601 in UTC, to the millisecond: `2026-01-31T12:00:00.000Z`."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
