"""For how long games stood still: pure functions of when commands were sent and acknowledged."""

from collections.abc import Iterable, Sequence

from tools.chaos.records import SentCommand


def standstills(sent: Iterable[SentCommand], since: float, until: float) -> list[float]:
    """Return, for each command acknowledged in a period, the seconds that a pair had stood still.

    `sent` are the commands of both players of a pair. They stand still from when the player to
    move has thought, which is counted from the acknowledgement before, until the command is
    acknowledged. Only what lies between `since` and `until` counts.
    """
    acknowledged = sorted(
        (each.acknowledged_at, each.thought) for each in sent if each.acknowledged_at is not None
    )
    found, last = [], since
    for at, thought in acknowledged:
        if since < at <= until:
            found.append(max(0.0, at - max(since, last + thought)))
        last = at
    return found


def has_moved(sent: Iterable[SentCommand], since: float) -> bool:
    """Return whether a command that was sent after a moment has been acknowledged."""
    return any(each.acknowledged_at is not None and each.last_sent_at > since for each in sent)


def median(values: Sequence[float]) -> float:
    """Return the upper median; 0 of no values."""
    return sorted(values)[len(values) // 2] if values else 0.0
