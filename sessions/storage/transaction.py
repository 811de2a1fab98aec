"""Transactions of the session service: commit first, then announce."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple, Protocol

from sqlalchemy.orm import Session as DatabaseSession

from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from extensions.settings import Settings
from extensions.storage.downtime import record_heartbeat
from sessions.changes import Change
from sessions.dependencies import Injected
from sessions.game_registry import GameRegistry
from sessions.match import Match
from sessions.models import Downtime
from sessions.storage.commands import CommandTransaction, command_transaction
from sessions.storage.connections import ConnectionRepository
from sessions.storage.listings import SessionListing
from sessions.storage.retention import RetentionRepository
from sessions.storage.sessions import SessionRepository


class Database(Protocol):
    """What begins transactions: the dependency that nameko-sqlalchemy injects."""

    def get_session(self) -> AbstractContextManager[DatabaseSession]:
        """Return a unit of work, which is committed at the end of its block."""


class Joined(NamedTuple):
    """A connection to a session: the match, locked, and the counts with the connection in them.

    `player` is None for a spectator; `is_new` is false if the connection was the same before.
    """

    match: Match
    player: str | None
    is_new: bool
    counts: Counter[str | None]


class Transaction:
    """A unit of work on the service's database, by what is stored, and the messages about it."""

    def __init__(
        self, database: DatabaseSession, registry: GameRegistry, settings: Settings
    ) -> None:
        self._database = database
        self.sessions = SessionRepository(database, registry, settings)
        self.listing = SessionListing(database)
        self.connections = ConnectionRepository(database)
        self.retention = RetentionRepository(database)
        self.messages: list[OutboxMessage] = []

    def save(self, changes: Iterable[Change]) -> None:
        """Store changes, and announce them."""
        changes = list(changes)
        self.sessions.save(changes)
        self.announce(message for change in changes for message in change.messages)

    def join(
        self, session_id: str, connection_id: str, gateway_id: str, login: str | None,
        lease_until: float,
    ) -> Joined:
        """Store a connection to a session, of a gateway that has a lease from now on at least.

        Raises SessionNotFound.
        """
        # Leases are locked before sessions everywhere.
        self.connections.begin_lease(gateway_id, lease_until)
        match = self.sessions.require(session_id, lock=True)
        player = login if login in match.players else None
        is_new = self.connections.add(session_id, connection_id, player, gateway_id)
        counts = self.connections.counts([session_id])[session_id]
        return Joined(match, player, is_new, counts)

    def announce(self, messages: Iterable[OutboxMessage]) -> None:
        """Send these messages once the transaction is committed."""
        self.messages += messages

    def record_heartbeat(self, now: float) -> float:
        """Note that the service runs; return for how many seconds it did not, 0 if it did."""
        return record_heartbeat(self._database, Downtime, now)


class SessionStore:
    """The database of the session service, with the outbox for what is announced of it."""

    def __init__(
        self, db: Database, outbox: Outbox, registry: GameRegistry, settings: Settings
    ) -> None:
        self._db, self._outbox = db, outbox
        self._registry, self._settings = registry, settings

    @classmethod
    def of(cls, service: Injected) -> "SessionStore":
        """Return one that is made from the dependencies of a service."""
        return cls(service.db, service.outbox, service.registry, service.settings)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a transaction; commit it at the end of the block, then send its messages."""
        with self._db.get_session() as database:
            transaction = Transaction(database, self._registry, self._settings)
            yield transaction
            if transaction.messages:
                self._outbox.record(database, transaction.messages)
        if transaction.messages:
            self._outbox.send(transaction.messages)

    @contextmanager
    def commands(self) -> Iterator[CommandTransaction]:
        """Begin the transaction of a batch of commands; commit it, then send its messages."""
        with (
            self._db.get_session() as database,
            command_transaction(
                database, self._outbox, self._registry, self._settings
            ) as transaction,
        ):
            yield transaction
        if transaction.messages:
            self._outbox.send(transaction.messages)
