"""What the rooms service hands to the classes that do its work."""

from typing import Protocol

from extensions.clock_provider import Clock
from extensions.outbox.outbox import Outbox
from extensions.settings import Settings
from extensions.storage.database import Database
from rooms.sessions_api import SessionsApi
from rooms.started_sessions import StartedSessions


class Dependencies(Protocol):
    """What Nameko injects into the service, in place of the providers that it declares."""

    @property
    def db(self) -> Database: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def sessions(self) -> SessionsApi: ...

    @property
    def started(self) -> StartedSessions: ...
