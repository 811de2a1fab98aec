"""What Nameko injects into services, as their classes see it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeAlias

from sqlalchemy.orm import Session

from extensions.outbox.outbox import Outbox
from extensions.settings import Settings

Clock: TypeAlias = Callable[[], float]  # seconds since the epoch


class Database(Protocol):
    """What begins transactions: the dependency that nameko-sqlalchemy injects."""

    def get_session(self) -> AbstractContextManager[Session]:
        """Return a unit of work, which is committed at the end of its block."""


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
