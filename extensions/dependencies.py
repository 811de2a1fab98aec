"""What Nameko injects into most services, as their classes see it."""

from typing import Protocol

from extensions.clock_provider import Clock
from extensions.outbox.outbox import Outbox
from extensions.settings import Settings
from extensions.storage.database import Database


class Dependencies(Protocol):
    """What a service with a database and an outbox has, in place of the providers it declares."""

    @property
    def db(self) -> Database: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def settings(self) -> Settings: ...
