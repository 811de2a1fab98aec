"""The session service's tables. A session is its events; its row is the latest of it."""

from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from extensions.outbox.table import OutboxColumns
from extensions.storage.downtime import DowntimeColumns


class Base(DeclarativeBase):
    pass


class SessionRow(Base):
    """The latest state of a session and what is needed to decide its next command.

    `key` is the caller's name for the session: asked for again, it is the same session. `progress`
    holds what a Match remembers besides: moves made, what is waited for, an offer, the clocks.
    `deadline` is the moment at which something happens to it by itself, if nothing else does.
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
    progress: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    deadline: Mapped[float | None] = mapped_column(Float, index=True)
    created_at: Mapped[float] = mapped_column(Float)
    ended_at: Mapped[float | None] = mapped_column(Float)


Index("sessions_newest_first", SessionRow.created_at, SessionRow.session_id)
Index(  # the few among all that have ended
    "sessions_active", SessionRow.created_at, SessionRow.session_id,
    postgresql_where=SessionRow.status == "active", sqlite_where=SessionRow.status == "active",
)
# Of those that have ended alone: a move in one under way is to write into no index more.
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
    """Who plays in which session; `name` is the login in lower case, by which it is found."""

    __tablename__ = "session_players"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    session_id: Mapped[str] = mapped_column(
        ForeignKey("sessions.session_id"), primary_key=True, index=True
    )


class EventRow(Base):
    """What has happened in a session: append-only, numbered from 1 without gaps."""

    __tablename__ = "session_events"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[float] = mapped_column(Float)
    type: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class AnsweredCommand(Base):
    """What a command was answered, for whoever sends it again."""

    __tablename__ = "session_commands"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id"), primary_key=True)
    login: Mapped[str] = mapped_column(String(20), primary_key=True)
    command_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


class ConnectionRow(Base):
    """A connection to a session, of one of its players or (`player` is null) of a spectator."""

    __tablename__ = "session_connections"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id"), primary_key=True)
    connection_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    player: Mapped[str | None] = mapped_column(String(20))
    gateway_id: Mapped[str] = mapped_column(String(64), index=True)


class SpectatorChange(Base):
    """A session whose number of spectators has changed since its players were told."""

    __tablename__ = "session_audiences"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id"), primary_key=True)


class RetentionProgress(Base):
    """How far commands have been forgotten: of the sessions that ended until then. One row."""

    __tablename__ = "session_sweeps"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    commands_until: Mapped[float] = mapped_column(Float)


class GatewayLease(Base):
    """A gateway whose connections count for as long as it renews its lease.

    Until `renewed` it does not know whether it had been lost, and all but this connection with it.
    """

    __tablename__ = "session_gateways"

    gateway_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    lease_until: Mapped[float] = mapped_column(Float)
    renewed: Mapped[bool] = mapped_column(Boolean)


class Downtime(DowntimeColumns, Base):
    pass


class OutboxRow(OutboxColumns, Base):
    pass
