"""The transaction of a batch of connections to sessions: text SQL, in two round trips."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

from sqlalchemy import Table

from extensions import json_codec
from extensions.outbox.message import OutboxMessage
from extensions.settings import Settings
from extensions.storage.pipeline import Pipeline
from sessions.changes import Change
from sessions.connect_batch import AttendedMatch, Connection, ConnectionKey
from sessions.game_registry import GameRegistry
from sessions.match import SessionEvent
from sessions.models import ConnectionRow, GatewayLease, SpectatorChange
from sessions.recent_rows import Row
from sessions.storage.match_rows import (
    COLUMNS_POSTGRESQL,
    COLUMNS_SQLITE,
    LOCK_POSTGRESQL,
    read_match,
    save_rows,
)

CONNECTIONS, LEASES, SPECTATOR_CHANGES = (
    cast(Table, row.__table__) for row in (ConnectionRow, GatewayLease, SpectatorChange)
)
LOAD = """
    SELECT {columns}, (
        SELECT {all_of}({list_of}(player, number)){text} FROM (
            SELECT player, count(*) AS number FROM session_connections
            WHERE session_connections.session_id = sessions.session_id GROUP BY player
        ) AS counted
    ), (
        SELECT {all_of}({list_of}(connection_id, player, gateway_id)){text}
        FROM session_connections
        WHERE session_connections.session_id = sessions.session_id AND connection_id {among}
    )
    FROM sessions WHERE session_id {among}
"""
LOAD_POSTGRESQL = f"{LOCK_POSTGRESQL};" + LOAD.format(
    columns=COLUMNS_POSTGRESQL, all_of="json_agg", list_of="json_build_array", text="::text",
    among="= ANY(%s)",
)
LOAD_SQLITE = LOAD.format(
    columns=COLUMNS_SQLITE, all_of="json_group_array", list_of="json_array", text="",
    among="IN (SELECT value FROM json_each(?))",
)
EVENTS_POSTGRESQL = """
    SELECT session_id, since, version, at, type, data::text
    FROM unnest(%s::text[], %s::bigint[]) AS asked (session_id, since)
        JOIN session_events USING (session_id)
    WHERE version > since AND version <= since + %s ORDER BY session_id, version
"""
EVENTS_SQLITE = """
    SELECT session_id, since, version, at, session_events.type, data
    FROM (
        SELECT json_extract(value, '$[0]') AS asked_id, json_extract(value, '$[1]') AS since
        FROM json_each(?)
    ) JOIN session_events ON session_id = asked_id
    WHERE version > since AND version <= since + ? ORDER BY session_id, version
"""


# A session, and the version after which a connection has missed its events.
MissedSince: TypeAlias = tuple[str, int]


class ConnectChanges(NamedTuple):
    """What a batch of connections stores: the changes of matches, and connections that are new.

    `spectators_changed` are the sessions whose number of spectators is another one now.
    """

    changes: list[Change]
    connections: Mapping[ConnectionKey, Connection]
    spectators_changed: Collection[str]


class ConnectTransaction:
    """What a batch of connections reads and writes."""

    def __init__(self, pipeline: Pipeline, registry: GameRegistry, settings: Settings) -> None:
        self._pipeline, self._registry, self._settings = pipeline, registry, settings
        self._read: dict[str, Row] = {}
        self.messages: list[OutboxMessage] = []
        self.rows: list[Row] = []

    def load(self, keys: Iterable[ConnectionKey]) -> dict[str, AttendedMatch]:
        """Return the matches of these sessions, locked, and who is connected to them."""
        keys = list(keys)
        ids = sorted({session_id for session_id, _ in keys})
        connection_ids = sorted({connection_id for _, connection_id in keys})
        matches = {}
        for row in self._read_sessions(ids, connection_ids):
            match = read_match(row, self._registry, self._settings)
            self._read[match.session_id] = row
            counts, connections = (json_codec.decode(each or "[]") for each in row[-2:])
            matches[match.session_id] = AttendedMatch(
                match, counts, {
                    connection_id: Connection(player, gateway_id)
                    for connection_id, player, gateway_id in connections
                }
            )
        return matches

    def events_since(
        self, missed: Collection[MissedSince], limit: int
    ) -> dict[MissedSince, list[SessionEvent]]:
        """Return the first stored events after a version of a session, the oldest first, of each.
        """
        found: dict[MissedSince, list[SessionEvent]] = {each: [] for each in missed}
        if self._pipeline.is_postgresql:
            rows = self._pipeline.read(
                EVENTS_POSTGRESQL, [*(list(column) for column in zip(*missed, strict=True)), limit]
            )
        else:
            rows = self._pipeline.read(EVENTS_SQLITE, [_encoded(list(missed)), limit])
        for session_id, since, version, at, event_type, data in rows:
            found[session_id, since].append(
                SessionEvent(version, at, event_type, json_codec.decode(data))
            )
        return found

    def save(self, changes: ConnectChanges, leases: Iterable[str], lease_until: float) -> None:
        """Store what connections have done; the changes of matches are announced after the commit.

        A gateway that has no lease gets a new one, of which its next renewal will tell it.
        """
        pipeline = self._pipeline
        pipeline.upsert(LEASES, [
            {"gateway_id": each, "lease_until": lease_until, "renewed": False}
            for each in sorted(set(leases))
        ])
        if changes.connections:
            rows = [
                {"session_id": session_id, "connection_id": connection_id, **each._asdict()}
                for (session_id, connection_id), each in changes.connections.items()
            ]
            pipeline.upsert(CONNECTIONS, rows, update=("player", "gateway_id"))
        if changes.spectators_changed:
            # To update the key to itself waits for whoever is taking the mark, and sets it anew.
            marks = [{"session_id": each} for each in sorted(changes.spectators_changed)]
            pipeline.upsert(SPECTATOR_CHANGES, marks, update=("session_id",))
        self.rows = save_rows(pipeline, changes.changes, self._read)
        self.messages = [message for change in changes.changes for message in change.messages]

    def _read_sessions(self, ids: list[str], connection_ids: list[str]) -> list[Row]:
        if self._pipeline.is_postgresql:
            return self._pipeline.read(LOAD_POSTGRESQL, (ids, connection_ids, ids))
        return self._pipeline.read(LOAD_SQLITE, (_encoded(connection_ids), _encoded(ids)))


def _encoded(value: list[Any]) -> str:
    return json_codec.encode(value).decode()
