"""The tables of the session service: a session is its events, and its row the latest state."""

from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from arbiter_games.results import Score
from extensions.outbox.table import OutboxBatchColumns, OutboxColumns
from extensions.storage.downtime import DowntimeColumns
from extensions.storage.row_statements import UNCHECKED_JSON
from sessions.stored_progress import Progress


class Base(DeclarativeBase):
    pass


class SessionRow(Base):
    """The latest state of a session: all that is needed to decide its next command.

    `key` is the caller's own name for the session, by which it is created only once.
    `game_version` is the version of the rules that the state is one of. `deadline` is when
    something happens by itself, if nothing else does before.
    """

    __tablename__ = "sessions"

    session_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    game: Mapped[str] = mapped_column(String(64))
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    players: Mapped[list[str]] = mapped_column(JSON)
    private: Mapped[bool] = mapped_column(Boolean)
    seed: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(8))
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[Any] = mapped_column(JSON)
    progress: Mapped[Progress] = mapped_column(JSON, info=UNCHECKED_JSON)
    result: Mapped[Score | None] = mapped_column(JSON(none_as_null=True))
    deadline: Mapped[float | None] = mapped_column(Float, index=True)
    created_at: Mapped[float] = mapped_column(Float)
    ended_at: Mapped[float | None] = mapped_column(Float)
    game_version: Mapped[int] = mapped_column(Integer, server_default="1")


Index("sessions_newest_first", SessionRow.created_at, SessionRow.session_id)
Index(  # active sessions are few among all
    "sessions_active", SessionRow.created_at, SessionRow.session_id,
    postgresql_where=SessionRow.status == "active", sqlite_where=SessionRow.status == "active",
)
# Only ended sessions, so that a move in an active one need not update one more index.
Index(
    "sessions_ended", SessionRow.ended_at,
    postgresql_where=SessionRow.ended_at.is_not(None),
    sqlite_where=SessionRow.ended_at.is_not(None),
)
Index(
    "sessions_of_game", SessionRow.game, SessionRow.created_at, SessionRow.session_id,
    postgresql_where=SessionRow.status == "ended", sqlite_where=SessionRow.status == "ended",
)


class PlayerRow(Base):
    """A player of a session, found by `name`, the login in lower case.

    `created_at` is the session's, so that a page of a player's sessions is read from one index.
    """

    __tablename__ = "session_players"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    session_id: Mapped[str] = mapped_column(
        ForeignKey("sessions.session_id"), primary_key=True, index=True
    )
    created_at: Mapped[float | None] = mapped_column(Float)


Index(
    "session_players_newest_first", PlayerRow.name, PlayerRow.created_at, PlayerRow.session_id
)


class EventRow(Base):
    """An event of a session: append-only, with versions from 1 without gaps.

    Version 0 is there where a session goes on from another: what it begins with.
    """

    __tablename__ = "session_events"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[float] = mapped_column(Float)
    type: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class AnsweredCommand(Base):
    """A command that was decided, and the version that it was answered with if sent again."""

    __tablename__ = "session_commands"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id"), primary_key=True)
    login: Mapped[str] = mapped_column(String(20), primary_key=True)
    command_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


class ConnectionRow(Base):
    """A connection to a session: of a player, or of a spectator if `player` is null."""

    __tablename__ = "session_connections"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id"), primary_key=True)
    connection_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    player: Mapped[str | None] = mapped_column(String(20))
    gateway_id: Mapped[str] = mapped_column(String(64), index=True)


class SpectatorChange(Base):
    """A session whose number of spectators has changed since it was last announced."""

    __tablename__ = "session_audiences"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id"), primary_key=True)


class RetentionProgress(Base):
    """One row: commands are deleted of all sessions that ended until `commands_until`."""

    __tablename__ = "session_sweeps"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    commands_until: Mapped[float] = mapped_column(Float)


class GatewayLease(Base):
    """The lease of a gateway, whose connections count for as long as it renews it.

    `renewed` is false until the gateway has been told, by its first renewal, that the lease is new.
    """

    __tablename__ = "session_gateways"

    gateway_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    lease_until: Mapped[float] = mapped_column(Float)
    renewed: Mapped[bool] = mapped_column(Boolean)


class MissingRules(Base):
    """Rules that an instance was without while sessions needed them, and when any had them last."""

    __tablename__ = "session_missing_rules"

    game: Mapped[str] = mapped_column(String(64), primary_key=True)
    game_version: Mapped[int] = mapped_column(Integer, primary_key=True)
    seen_at: Mapped[float] = mapped_column(Float)


class GameFailure(Base):
    """When the code of a game last failed in a session, and until when that is suspended.

    `session_id` is that of a session, the key of one that was to be created, or empty.
    """

    __tablename__ = "session_game_failures"

    game: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    failed_at: Mapped[float] = mapped_column(Float)
    until: Mapped[float] = mapped_column(Float)


class Downtime(DowntimeColumns, Base):
    pass


class OutboxRow(OutboxColumns, Base):
    pass


class OutboxBatchRow(OutboxBatchColumns, Base):
    pass
