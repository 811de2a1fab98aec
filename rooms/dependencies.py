"""What the rooms service hands to the classes that do its work."""

from typing import Protocol

from extensions import dependencies
from rooms.sessions_api import SessionsApi
from rooms.started_sessions import StartedSessions


class Dependencies(dependencies.Dependencies, Protocol):
    """What Nameko injects into the rooms service beside what others have."""

    @property
    def sessions(self) -> SessionsApi: ...

    @property
    def started(self) -> StartedSessions: ...
