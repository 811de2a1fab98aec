"""Connections to sessions, the gateways that they hang on, and how many spectators there are."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Table, delete, func, select, tuple_, update
from sqlalchemy.orm import Session as DatabaseSession

from extensions.storage.database import upsert
from extensions.storage.downtime import claim_turn
from sessions.models import ConnectionRow, Downtime, GatewayLease, SpectatorChange

MAX_ROWS_PER_DELETE = 1000
# Spectators are counted in turn by whichever instance comes; this row says when that was.
SPECTATORS_TURN = 2

CONNECTIONS = cast(Table, ConnectionRow.__table__)


class ConnectionKey(NamedTuple):
    """A connection to one session."""

    session_id: str
    connection_id: str


class ConnectionRepository:
    """Connections, leases of gateways and spectators, in one transaction."""

    def __init__(self, database: DatabaseSession) -> None:
        self._database = database

    def counts(self, session_ids: Iterable[str]) -> dict[str, Counter[str | None]]:
        """Count the connections to sessions: by player, and under None those of spectators."""
        found: dict[str, Counter[str | None]] = {each: Counter() for each in session_ids}
        query = (
            select(ConnectionRow.session_id, ConnectionRow.player, func.count())
            .where(ConnectionRow.session_id.in_(list(found)))
            .group_by(ConnectionRow.session_id, ConnectionRow.player)
        )
        for session_id, player, number in self._database.execute(query):
            found[session_id][player] = number
        return found

    def of_session(self, session_id: str, connection_id: str) -> list[ConnectionKey]:
        """Return the connection of this id to a session, if there is one."""
        return self._select(
            ConnectionRow.session_id == session_id, ConnectionRow.connection_id == connection_id
        )

    def of_ids(self, connection_ids: Iterable[str]) -> list[ConnectionKey]:
        """Return all connections of these ids, to whatever sessions."""
        return self._select(ConnectionRow.connection_id.in_(list(connection_ids)))

    def of_gateways(self, gateway_ids: Iterable[str]) -> list[ConnectionKey]:
        """Return all connections that hang on these gateways."""
        return self._select(ConnectionRow.gateway_id.in_(list(gateway_ids)))

    def delete(self, connections: list[ConnectionKey]) -> dict[str, set[str | None]]:
        """Delete connections; return for each session the players whose connections were deleted.

        Those that are gone already are passed over; None stands for spectators.
        """
        deleted: dict[str, set[str | None]] = {}
        for begin in range(0, len(connections), MAX_ROWS_PER_DELETE):
            keys = connections[begin : begin + MAX_ROWS_PER_DELETE]
            statement = delete(CONNECTIONS).where(
                tuple_(CONNECTIONS.c.session_id, CONNECTIONS.c.connection_id).in_(keys)
            )
            for session_id, player in self._database.execute(
                statement.returning(CONNECTIONS.c.session_id, CONNECTIONS.c.player)
            ):
                deleted.setdefault(session_id, set()).add(player)
        return deleted

    def mark_spectators_changed(self, session_id: str) -> None:
        """Mark that the number of a session's spectators has changed."""
        # To update the key to itself waits for whoever is taking the mark, and sets it anew.
        upsert(
            self._database, SpectatorChange, {"session_id": session_id}, update=("session_id",)
        )

    def take_spectator_changes(self, now: float, interval: float, limit: int) -> list[str]:
        """Return sessions whose number of spectators has changed, and remove their marks.

        None, if any instance has taken some within the interval.
        """
        if not claim_turn(self._database, Downtime, SPECTATORS_TURN, now, interval):
            return []
        some = select(SpectatorChange.session_id).limit(limit).with_for_update(skip_locked=True)
        taken = delete(SpectatorChange).where(
            SpectatorChange.session_id.in_(some.scalar_subquery())
        )
        return list(self._database.scalars(taken.returning(SpectatorChange.session_id)))

    def renew_lease(self, gateway_id: str, until: float) -> bool:
        """Prolong a gateway's lease; return False if it had none, or none that it knew of."""
        prolonged = self._database.execute(
            update(GatewayLease)
            .where(GatewayLease.gateway_id == gateway_id, GatewayLease.renewed.is_(True))
            .values(lease_until=until)
            .returning(GatewayLease.gateway_id)
        )
        if prolonged.first() is not None:
            return True
        values = {"gateway_id": gateway_id, "lease_until": until, "renewed": True}
        upsert(self._database, GatewayLease, values, update=("lease_until", "renewed"))
        return False

    def expired_gateways(self, now: float) -> list[str]:
        """Return the gateways whose lease has expired, locked, so that a renewal learns of it."""
        query = select(GatewayLease.gateway_id).where(GatewayLease.lease_until < now)
        return list(self._database.scalars(query.with_for_update(skip_locked=True)))

    def delete_gateways(self, gateway_ids: Iterable[str]) -> None:
        """Delete the leases of gateways."""
        gateways = GatewayLease.gateway_id.in_(list(gateway_ids))
        self._database.execute(delete(GatewayLease).where(gateways))

    def prolong_leases(self, seconds: float) -> None:
        """Prolong the leases of all gateways."""
        self._database.execute(
            update(GatewayLease).values(lease_until=GatewayLease.lease_until + seconds)
        )

    def _select(self, *conditions: ColumnElement[bool]) -> list[ConnectionKey]:
        query = select(ConnectionRow.session_id, ConnectionRow.connection_id).where(*conditions)
        return [ConnectionKey(*row) for row in self._database.execute(query)]
