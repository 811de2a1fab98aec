"""The private rooms service's tables."""

from sqlalchemy import JSON, Boolean, Float, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from extensions.outbox.table import OutboxColumns
from rooms.events import RevisedRoomView


class Base(DeclarativeBase):
    pass


class PrivateRoomRow(Base):
    """A room's connection key, and the room as its members were last told of it (`told`).

    `settled` once nothing more will happen in the room: it has closed, or its session has begun.
    """

    __tablename__ = "private_rooms"

    connection_key: Mapped[str] = mapped_column(String(8), primary_key=True)
    room_id: Mapped[str] = mapped_column(String(32), unique=True)
    told: Mapped[RevisedRoomView] = mapped_column(JSON)
    settled: Mapped[bool] = mapped_column(Boolean, default=False, index=True)
    created_at: Mapped[float] = mapped_column(Float, index=True)


class OutboxRow(OutboxColumns, Base):
    pass
