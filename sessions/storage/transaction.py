"""Transactions of the session service: commit first, then announce."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from sqlalchemy.orm import Session as DatabaseSession

from extensions.dependencies import Database
from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from extensions.settings import Settings
from extensions.storage.database import begin_pipeline, engine_of
from extensions.storage.downtime import record_heartbeat, record_mere_heartbeat
from extensions.storage.pipeline import POSTGRESQL, Pipeline
from sessions.changes import Change
from sessions.dependencies import Dependencies
from sessions.game_registry import GameRegistry, Rules
from sessions.models import Downtime
from sessions.recent_rows import RecentRows
from sessions.schemas import FullPlayers
from sessions.storage import due_checks, failures, full_players
from sessions.storage.commands import CommandTransaction
from sessions.storage.connections import ConnectionRepository
from sessions.storage.connects import ConnectTransaction
from sessions.storage.creation import CreationTransaction
from sessions.storage.due_checks import NextDue
from sessions.storage.events import EventRepository
from sessions.storage.failures import FailureRepository
from sessions.storage.listings import SessionListing
from sessions.storage.missing_rules import MissingRulesRepository
from sessions.storage.recent import RecentTransaction
from sessions.storage.retention import RetentionRepository
from sessions.storage.sessions import SessionRepository
from sessions.suspensions import Failure

NO_ROWS = RecentRows(0)

Seen = TypeVar("Seen")
Pipelined = TypeVar("Pipelined", CommandTransaction, ConnectTransaction, CreationTransaction)


class Transaction:
    """A unit of work on the service's database, by what is stored, and the messages about it."""

    def __init__(
        self, database: DatabaseSession, registry: GameRegistry, settings: Settings
    ) -> None:
        self._database = database
        self.sessions = SessionRepository(database, registry, settings)
        self.events = EventRepository(database)
        self.listing = SessionListing(database)
        self.connections = ConnectionRepository(database)
        self.retention = RetentionRepository(database)
        self.missing_rules = MissingRulesRepository(database)
        self.failures = FailureRepository(database)
        self._registry = registry
        self.messages: list[OutboxMessage] = []
        self.changed: list[str] = []  # sessions

    def save(self, changes: Iterable[Change]) -> None:
        """Store changes, and announce them."""
        changes = list(changes)
        self.sessions.save(changes)
        self.changed += [change.match.session_id for change in changes]
        self.announce(message for change in changes for message in change.messages)

    def postpone(self, seconds: float) -> None:
        """Postpone all leases of gateways, and the deadlines of all sessions."""
        self.connections.prolong_leases(seconds)
        self.missing_rules.postpone(seconds)
        self.changed += self.sessions.postpone(seconds)

    def forgive_missing_rules(self, now: float) -> dict[Rules, float]:
        """Postpone what sessions of rules that are installed again had to do meanwhile.

        Return for how many seconds these rules were missing.
        """
        missed = self.missing_rules.take_back(self._registry.playable(), now)
        for rules, seconds in missed.items():
            self.changed += self.sessions.postpone(seconds, rules)
        return missed

    def announce(self, messages: Iterable[OutboxMessage]) -> None:
        """Send these messages once the transaction is committed."""
        self.messages += messages

    def record_heartbeat(self, now: float) -> float:
        """Note that the service runs; return for how many seconds it did not, 0 if it did."""
        return record_heartbeat(self._database, Downtime, now)


class SessionStore:
    """The database of the session service, with the outbox for what is announced of it."""

    def __init__(
        self, db: Database, outbox: Outbox, registry: GameRegistry, settings: Settings,
        recent: RecentRows,
    ) -> None:
        self._db, self._outbox = db, outbox
        self._registry, self._settings = registry, settings
        is_postgresql = engine_of(db).dialect.name == POSTGRESQL
        self._recent = recent if is_postgresql else NO_ROWS  # SQLite has no round trips

    @classmethod
    def of(cls, service: Dependencies) -> "SessionStore":
        """Return one that is made from the dependencies of a service."""
        return cls(
            service.db, service.outbox, service.registry, service.settings, service.recent_rows
        )

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a transaction; commit it at the end of the block, then send its messages."""
        with self._db.get_session() as database:
            transaction = Transaction(database, self._registry, self._settings)
            yield transaction
            if transaction.messages:
                self._outbox.record(database, transaction.messages)
        self._recent.forget(transaction.changed)
        if transaction.messages:
            self._outbox.send(transaction.messages)

    def commands(self) -> AbstractContextManager[CommandTransaction]:
        """Begin the transaction of a batch of commands; commit it, then send its messages."""
        return self._pipelined(CommandTransaction)

    @contextmanager
    def recent(self, session_ids: Collection[str]) -> Iterator[RecentTransaction | None]:
        """Begin the transaction of commands on rows that this process has written last.

        It is None unless there are all of them. At the end of the block, what was saved is
        committed if the rows are still the same, and then the messages are sent.
        """
        rows = self._recent.take(session_ids)
        if rows is None:
            yield None
            return
        with self._pipeline() as pipeline:
            transaction = RecentTransaction(pipeline, rows, self._registry, self._settings)
            yield transaction
            if not transaction.messages:
                return
            self._outbox.record(pipeline, transaction.messages)
            transaction.commit()
        if transaction.is_written:
            self._recent.keep(transaction.rows)
            self._outbox.send(transaction.messages)
        else:
            self._recent.miss(session_ids)

    def connects(self) -> AbstractContextManager[ConnectTransaction]:
        """Begin the transaction of a batch of connections; commit it, then send its messages."""
        return self._pipelined(ConnectTransaction)

    def creation(self) -> AbstractContextManager[CreationTransaction]:
        """Begin the transaction that creates a session; commit it, then send its messages."""
        return self._pipelined(CreationTransaction)

    def next_due(self) -> NextDue:
        """Return when the last heartbeat was, and the first deadline; locks nothing."""
        return self._look(due_checks.next_due)

    def record_heartbeat(self, now: float) -> None:
        """Note that the service runs, unless it has been down."""
        self._look(lambda pipeline: record_mere_heartbeat(pipeline, now))

    def has_spectator_changes(self) -> bool:
        """Return whether a number of spectators is to be announced; locks nothing."""
        return self._look(due_checks.has_spectator_changes)

    def has_expired_lease(self, now: float) -> bool:
        """Return whether the lease of a gateway has expired; locks nothing."""
        return self._look(lambda pipeline: due_checks.has_expired_lease(pipeline, now))

    def failures(self) -> list[Failure]:
        """Return the failures of games that instances have stored; locks nothing."""
        return self._look(failures.failures)

    def full_players(self, logins: Iterable[str]) -> FullPlayers:
        """Return those of the players who are in as many active sessions as one may be."""
        most = self._settings.max_active_sessions
        full = self._look(lambda pipeline: full_players.full_players(pipeline, logins, most))
        return dict.fromkeys(full, most)

    def _look(self, look: Callable[[Pipeline], Seen]) -> Seen:
        with self._pipeline() as pipeline:
            return look(pipeline)

    @contextmanager
    def _pipelined(
        self, make: Callable[[Pipeline, GameRegistry, Settings], Pipelined]
    ) -> Iterator[Pipelined]:
        with self._pipeline() as pipeline:
            transaction = make(pipeline, self._registry, self._settings)
            yield transaction
            if transaction.messages:
                self._outbox.record(pipeline, transaction.messages)
            pipeline.commit()
        self._recent.keep(transaction.rows)
        if transaction.messages:
            self._outbox.send(transaction.messages)

    def _pipeline(self) -> AbstractContextManager[Pipeline]:
        return begin_pipeline(self._db)
