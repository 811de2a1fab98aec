"""The rooms service's tables."""

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from extensions.outbox.table import OutboxColumns
from extensions.storage.downtime import DowntimeColumns
from rooms.events import Options


class Base(DeclarativeBase):
    pass


class RoomRow(Base):
    """A room; `alive_until` is when it closes unless one of its members is connected before.

    A challenge names who is `challenged` and the `side` that its owner asks for; the challenged
    player is not shown a `hidden` one. One to several players has the `others`, each with a login
    and whether it is hidden.
    """

    __tablename__ = "rooms"

    room_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    game: Mapped[str] = mapped_column(String(64))
    options: Mapped[Options] = mapped_column(JSON)
    seats: Mapped[int] = mapped_column(Integer)
    owner: Mapped[str] = mapped_column(String(20))
    private: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[float] = mapped_column(Float)
    alive_until: Mapped[float] = mapped_column(Float)
    session_id: Mapped[str | None] = mapped_column(String(32))
    revision: Mapped[int] = mapped_column(Integer, default=0)
    challenged: Mapped[str | None] = mapped_column(String(20))
    side: Mapped[str | None] = mapped_column(String(8))
    hidden: Mapped[bool | None] = mapped_column(Boolean)
    others: Mapped[list[tuple[str, bool]] | None] = mapped_column(JSON(none_as_null=True))


class OtherChallenged(Base):
    """One of the `others` of an open challenge, to find the challenge by.

    A challenge that is hidden from the player is not found so.
    """

    __tablename__ = "other_challenged"

    room_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(20), primary_key=True)
    created_at: Mapped[float] = mapped_column(Float)


class SeatRow(Base):
    """A seat of a room that has been taken."""

    __tablename__ = "seats"

    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.room_id"), primary_key=True)
    login: Mapped[str] = mapped_column(String(20), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(Integer)
    call_id: Mapped[str | None] = mapped_column(String(32))


Index(
    "other_challenged_to",
    OtherChallenged.login, OtherChallenged.created_at, OtherChallenged.room_id,
)
Index("rooms_newest_first", RoomRow.created_at, RoomRow.room_id)
Index("rooms_by_status", RoomRow.status, RoomRow.session_id)
# Open rooms are few among all.
_IS_OPEN = RoomRow.status == "open"
_IS_LISTED = _IS_OPEN & RoomRow.private.is_(False)
_IS_CHALLENGE = _IS_OPEN & RoomRow.challenged.is_not(None)
Index(
    "rooms_expiring", RoomRow.alive_until, RoomRow.room_id,
    postgresql_where=_IS_OPEN, sqlite_where=_IS_OPEN,
)
Index(
    "rooms_listed", RoomRow.created_at, RoomRow.room_id,
    postgresql_where=_IS_LISTED, sqlite_where=_IS_LISTED,
)
Index(
    "rooms_listed_of_game", RoomRow.game, RoomRow.created_at, RoomRow.room_id,
    postgresql_where=_IS_LISTED, sqlite_where=_IS_LISTED,
)
Index(
    "challenges_to", RoomRow.challenged, RoomRow.created_at, RoomRow.room_id,
    postgresql_where=_IS_CHALLENGE, sqlite_where=_IS_CHALLENGE,
)
Index(
    "challenges_of", RoomRow.owner, RoomRow.created_at, RoomRow.room_id,
    postgresql_where=_IS_CHALLENGE, sqlite_where=_IS_CHALLENGE,
)


class FullPlayer(Base):
    """A player who was in as many active sessions as one may be, and may still be.

    `at` is when the session service has last said so, in seconds since the epoch.
    """

    __tablename__ = "full_players"

    login: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[float] = mapped_column(Float, index=True)


class Downtime(DowntimeColumns, Base):
    pass


class OutboxRow(OutboxColumns, Base):
    pass
