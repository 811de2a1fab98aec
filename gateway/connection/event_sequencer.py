"""Puts the events of a session in order. No I/O."""

from typing import Generic, TypeVar

Event = TypeVar("Event")


class EventSequencer(Generic[Event]):
    """Releases a session's events in the order of their versions, each once, after the snapshot.

    All events are held until `begin`. Afterwards an event is held while one before it is missing.
    """

    def __init__(self) -> None:
        self._version: int | None = None
        self._held: dict[int, Event] = {}

    @property
    def version(self) -> int | None:
        """The version of the snapshot or of the last event that was released."""
        return self._version

    @property
    def has_gap(self) -> bool:
        """Whether an event is held because one before it is missing."""
        return self._version is not None and bool(self._held)

    def begin(self, version: int) -> list[Event]:
        """Take the version of the snapshot, and return the events that follow it."""
        self._version = version
        return self._release(version)

    def take(self, version: int, event: Event) -> list[Event]:
        """Take an event, and return those that may be delivered now."""
        if self._version is None:
            self._held.setdefault(version, event)
            return []
        if version > self._version:
            self._held.setdefault(version, event)
        return self._release(self._version)

    def _release(self, version: int) -> list[Event]:
        for known in [each for each in self._held if each <= version]:
            del self._held[known]
        released = []
        while version + 1 in self._held:
            version += 1
            released.append(self._held.pop(version))
        self._version = version
        return released
