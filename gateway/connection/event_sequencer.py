"""The events of one session on their way to one connection: in order, each once. No I/O."""

from typing import Any


class EventSequencer:
    """Puts a session's events into the order of their versions, from the snapshot's on.

    Before `begin` everything is held. What comes twice or too early is dropped or held; `gap` tells
    that something before it is missing and has to be fetched.
    """

    def __init__(self) -> None:
        self._version: int | None = None
        self._held: dict[int, Any] = {}

    @property
    def version(self) -> int | None:
        """The version of the last event that was let through."""
        return self._version

    @property
    def gap(self) -> bool:
        return self._version is not None and bool(self._held)

    def begin(self, version: int) -> list[Any]:
        """The snapshot is of this version: what follows it is let through."""
        self._version = version
        return self._release()

    def take(self, version: int, event: Any) -> list[Any]:
        """What may be delivered now that this event has come."""
        if self._version is None or version > self._version:
            self._held.setdefault(version, event)
        return self._release() if self._version is not None else []

    def _release(self) -> list[Any]:
        for version in [each for each in self._held if each <= self._version]:
            del self._held[version]
        released = []
        while self._version + 1 in self._held:
            self._version += 1
            released.append(self._held.pop(self._version))
        return released
