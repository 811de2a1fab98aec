"""How long games stood still: pure functions of what was sent and when it was acknowledged."""

from collections.abc import Iterable, Sequence

from tools.chaos.observed import Sent


def standstills(sent: Iterable[Sent], since: float, until: float) -> list[float]:
    """Return for how many seconds a table stood still, each time that it was then acknowledged.

    `sent` are the commands of both players of a table. A table stands still from when somebody
    has thought enough, counted from the last acknowledgement, until the next one; of that counts
    what lies between the moments `since` and `until`.
    """
    acknowledged = sorted(
        (each for each in sent if each.acknowledged_at is not None),
        key=lambda each: each.acknowledged_at,
    )
    found, last = [], since
    for each in acknowledged:
        if since < each.acknowledged_at <= until:
            found.append(max(0.0, each.acknowledged_at - max(since, last + each.thought)))
        last = each.acknowledged_at
    return found


def goes_on(sent: Iterable[Sent], since: float) -> bool:
    """Return whether something that was sent after this moment has been acknowledged."""
    return any(each.acknowledged_at is not None and each.last_sent_at > since for each in sent)


def median(values: Sequence[float]) -> float:
    """Return the middle one; of none, 0."""
    return sorted(values)[len(values) // 2] if values else 0.0
