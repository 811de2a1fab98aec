"""The rooms service's tables, and the rules that need only a room."""

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from extensions.outbox.outbox import OutboxColumns
from extensions.storage.downtime import DowntimeColumns
from rooms import exceptions

OPEN, FILLED, CLOSED = "open", "filled", "closed"
MOST_ROOMS_OF_A_PLAYER = 5


class Base(DeclarativeBase):
    pass


class Seat(Base):
    """A player's seat in a room; `position` counts in the order of joining.

    `call_id` is the call by which it was taken: the same call, served again, takes no other.
    """

    __tablename__ = "seats"

    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.room_id"), primary_key=True)
    login: Mapped[str] = mapped_column(String(20), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(Integer)
    call_id: Mapped[str | None] = mapped_column(String(32))


class Room(Base):
    """A room where players gather before a session begins.

    `alive_until` is when it closes unless one of its members is connected before; `revision` grows
    with every change, so that an older copy of the room is known as such.
    """

    __tablename__ = "rooms"

    room_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    game: Mapped[str] = mapped_column(String(64))
    options: Mapped[dict] = mapped_column(JSON)
    seats: Mapped[int] = mapped_column(Integer)
    owner: Mapped[str] = mapped_column(String(20))
    private: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[float] = mapped_column(Float)
    alive_until: Mapped[float] = mapped_column(Float)
    session_id: Mapped[str | None] = mapped_column(String(32))
    revision: Mapped[int] = mapped_column(Integer, default=0)
    taken: Mapped[list[Seat]] = relationship(
        lazy="selectin", order_by=Seat.position, cascade="all, delete-orphan"
    )

    @property
    def players(self) -> list[str]:
        return [seat.login for seat in self.taken]

    def was_taken(self, login: str, call_id: str | None) -> bool:
        """Whether the player has a seat here by this very call."""
        return call_id is not None and any(
            (seat.login, seat.call_id) == (login, call_id) for seat in self.taken
        )

    def seat(self, login: str, call_id: str | None = None) -> None:
        """Give the player a seat; the last one fills the room.

        Raises AlreadyInRoom, RoomClosed or RoomFull.
        """
        if login in self.players:
            raise exceptions.AlreadyInRoom.of(
                f"{login} is in the room {self.room_id} already", room_id=self.room_id
            )
        if self.status == FILLED:
            raise exceptions.RoomFull.of(
                f"The room {self.room_id} is full", room_id=self.room_id
            )
        self._require_open()
        position = self.taken[-1].position + 1 if self.taken else 0
        self.taken.append(
            Seat(room_id=self.room_id, login=login, position=position, call_id=call_id)
        )
        if len(self.taken) == self.seats:
            self.status = FILLED
        self._revise()

    def unseat(self, login: str) -> None:
        """Take the player's seat away; with its owner's, the room closes.

        Raises NotAMember or RoomClosed.
        """
        if login not in self.players:
            raise exceptions.NotAMember.of(
                f"{login} is not in the room {self.room_id}", room_id=self.room_id
            )
        self._require_open()
        if login == self.owner:
            self.status = CLOSED
        else:
            self.taken = [seat for seat in self.taken if seat.login != login]
        self._revise()

    def close(self, login: str) -> None:
        """Close the room.

        Raises NotTheOwner or RoomClosed.
        """
        if login != self.owner:
            raise exceptions.NotTheOwner.of(
                f"{login} is not the owner of the room {self.room_id}", room_id=self.room_id
            )
        self._require_open()
        self.lapse()

    def lapse(self) -> None:
        """Close the room by itself: nobody of it is there any more."""
        self.status = CLOSED
        self._revise()

    def become(self, session_id: str) -> bool:
        """Note the session that the filled room has become; False where that was known."""
        first = self.session_id is None
        self.session_id = session_id
        if first:
            self._revise()
        return first

    def _revise(self) -> None:
        self.revision = (self.revision or 0) + 1

    def _require_open(self) -> None:
        if self.status != OPEN:
            raise exceptions.RoomClosed.of(
                f"The room {self.room_id} is no longer open", room_id=self.room_id
            )


Index("rooms_newest_first", Room.created_at, Room.room_id)
Index("rooms_by_status", Room.status, Room.session_id)
# Rooms that have filled, and whose session is not known yet: the few among all that have filled.
HALF_WAY = (Room.status == FILLED) & Room.session_id.is_(None)


class Downtime(DowntimeColumns, Base):
    pass


class OutboxRow(OutboxColumns, Base):
    pass
