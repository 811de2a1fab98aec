"""Who is connected to sessions, as a player or a spectator, and what follows from it."""

from collections.abc import Callable, Iterator

from sessions import attendance, exceptions, messages, rematch
from sessions.changes import Change, attempt
from sessions.deadline_timer import DeadlineTimer
from sessions.dependencies import Dependencies
from sessions.match import Match
from sessions.storage import SessionStore, Transaction
from sessions.storage.connections import ConnectionKey
from sessions.views import ConnectionCounts

SPECTATORS_INTERVAL_SECONDS = 1.0
MAX_SESSIONS_PER_TICK = 100


class Presence:
    """The connections to sessions. Each counts for as long as its gateway renews its lease."""

    def __init__(
        self, store: SessionStore, clock: Callable[[], float], deadlines: DeadlineTimer,
        broker_uptime: Callable[[], float], lease_seconds: float,
    ) -> None:
        self._store, self._clock, self._deadlines = store, clock, deadlines
        self._broker_uptime, self._lease_seconds = broker_uptime, lease_seconds

    @classmethod
    def of(cls, service: Dependencies) -> "Presence":
        """Return one that is made from the dependencies of a service."""
        return cls(
            SessionStore.of(service), service.clock, DeadlineTimer.of(service),
            service.outbox.connected_seconds, service.settings.gateway_lease,
        )

    def disconnect(self, session_id: str, connection_id: str) -> None:
        """Disconnect a connection from a session; raises SessionNotFound or NotAMember."""
        self._deadlines.forgive_downtime()
        with self._store.transaction() as transaction:
            transaction.sessions.require(session_id)
            connections = transaction.connections.of_session(session_id, connection_id)
            if not connections:
                raise exceptions.NotAMember.of(
                    f"This connection is not connected to the session {session_id}",
                    session_id=session_id,
                )
            self._remove(transaction, connections)

    def forget(self, connection_ids: list[str]) -> None:
        """Disconnect closed connections from all their sessions."""
        self._deadlines.forgive_downtime()
        with self._store.transaction() as transaction:
            self._remove(transaction, transaction.connections.of_ids(connection_ids))

    def renew(self, gateway_id: str) -> bool:
        """Renew a gateway's lease; return False if its connections were dropped, or it is new."""
        until = self._clock() + self._lease_seconds
        with self._store.transaction() as transaction:
            return transaction.connections.renew_lease(gateway_id, until)

    def drop_lost_gateways(self) -> None:
        """Disconnect the connections of gateways whose lease has expired.

        Not before the broker has been there for as long as a lease: gateways could not renew it.
        """
        if self._broker_uptime() < self._lease_seconds:
            return
        self._deadlines.forgive_downtime()
        if not self._store.has_expired_lease(self._clock()):
            return
        with self._store.transaction() as transaction:
            lost = transaction.connections.expired_gateways(self._clock())
            if lost:
                self._remove(transaction, transaction.connections.of_gateways(lost))
                transaction.connections.delete_gateways(lost)

    def announce_spectators(self) -> None:
        """Announce the number of spectators where it has changed, at most once a second."""
        if not self._store.has_spectator_changes():
            return
        now = self._clock()
        with self._store.transaction() as transaction:
            ids = transaction.connections.take_spectator_changes(
                now, SPECTATORS_INTERVAL_SECONDS, MAX_SESSIONS_PER_TICK
            )
            if ids:
                counts = transaction.connections.counts(ids)
                transaction.announce(
                    messages.spectators_changed(match, counts[session_id][None], now)
                    for session_id, match in transaction.sessions.load(ids).items()
                )

    def _remove(self, transaction: Transaction, connections: list[ConnectionKey]) -> None:
        now = self._clock()
        ids = {connection.session_id for connection in connections}
        matches = transaction.sessions.load(ids, lock=True)
        deleted = transaction.connections.delete(connections)
        counts = transaction.connections.counts(ids)
        changes: list[Change] = []
        for session_id, match in matches.items():
            left = deleted.get(session_id, set())
            if None in left:
                transaction.connections.mark_spectators_changed(session_id)
            absent = {each for each in left if each is not None} - counts[session_id].keys()
            changes += _leave(match, sorted(absent), counts[session_id], now)
        transaction.save(changes)


def _leave(
    match: Match, logins: list[str], present: ConnectionCounts, now: float
) -> Iterator[Change]:
    """Yield what follows when players have no connection to a session left."""
    for login in logins:
        change = attempt(match, attendance.disconnect, login, now)
        if change is None:
            return
        if change.events:
            yield change
        if rematch.withdraw(match, login, present):
            yield Change(match, [], [messages.rematch_asked(match, None, now)])
