"""A room and its rules: each function returns the room as it is afterwards, or refuses."""

from dataclasses import dataclass, field, replace
from typing import Any

from rooms import exceptions

OPEN, FILLED, CLOSED = "open", "filled", "closed"
MAX_OPEN_ROOMS = 5  # that one player may be in


@dataclass(frozen=True)
class Seat:
    """A player's seat; `position` counts in the order of joining.

    `request_id` is that of the request by which it was taken: the same request, served again, takes
    no other.
    """

    login: str
    position: int
    request_id: str | None = None


@dataclass(frozen=True)
class Room:
    """A room where players gather before a session begins.

    `seats` is how many take part, `taken` the seats that have been taken. `revision` grows with
    every change, so that an older copy of the room is known as such.
    """

    room_id: str
    game: str
    options: dict[str, Any]
    seats: int
    owner: str
    private: bool
    created_at: float
    status: str = OPEN
    session_id: str | None = None
    revision: int = 0
    taken: tuple[Seat, ...] = field(default=())

    @property
    def players(self) -> list[str]:
        """The members, in the order of joining."""
        return [seat.login for seat in self.taken]

    def was_joined_by(self, login: str, request_id: str | None) -> bool:
        """Tell whether the player has taken a seat here by this very request."""
        return request_id is not None and any(
            (seat.login, seat.request_id) == (login, request_id) for seat in self.taken
        )


def join(room: Room, login: str, request_id: str | None = None) -> Room:
    """Give the player a seat; the last one fills the room.

    Raises AlreadyInRoom, RoomFull or RoomClosed.
    """
    if login in room.players:
        raise exceptions.AlreadyInRoom.of(
            f"{login} is in the room {room.room_id} already", room_id=room.room_id
        )
    if room.status == FILLED:
        raise exceptions.RoomFull.of(f"The room {room.room_id} is full", room_id=room.room_id)
    _require_open(room)
    position = room.taken[-1].position + 1 if room.taken else 0
    taken = (*room.taken, Seat(login, position, request_id))
    return _revise(room, taken=taken, status=FILLED if len(taken) == room.seats else OPEN)


def leave(room: Room, login: str) -> Room:
    """Take the player's seat away; where the owner leaves, the room closes.

    Raises NotAMember or RoomClosed.
    """
    if login not in room.players:
        raise exceptions.NotAMember.of(
            f"{login} is not in the room {room.room_id}", room_id=room.room_id
        )
    _require_open(room)
    if login == room.owner:
        return expire(room)
    return _revise(room, taken=tuple(seat for seat in room.taken if seat.login != login))


def close(room: Room, login: str) -> Room:
    """Close the room for its owner.

    Raises NotTheOwner or RoomClosed.
    """
    if login != room.owner:
        raise exceptions.NotTheOwner.of(
            f"{login} is not the owner of the room {room.room_id}", room_id=room.room_id
        )
    _require_open(room)
    return expire(room)


def expire(room: Room) -> Room:
    """Close the room, whoever is in it."""
    return _revise(room, status=CLOSED)


def record_session(room: Room, session_id: str) -> Room:
    """Set the session that the filled room has become; a room that has one stays as it is."""
    return room if room.session_id is not None else _revise(room, session_id=session_id)


def require_access(
    room: Room | None, room_id: str, login: str, private: bool, joining: bool = False
) -> Room:
    """Return the room, if the player may know of it and use it in this way.

    `private` is true for calls of the private rooms service. A private room is hidden from who is
    not in it, and one who joins it by its id is told no more than that it exists.

    Raises RoomNotFound or RoomIsPrivate.
    """
    if room is None or (room.private and not private and login not in room.players):
        raise exceptions.RoomNotFound.of(f"There is no room {room_id}", room_id=room_id)
    if room.private and not private and not joining:
        raise exceptions.RoomIsPrivate.of(f"The room {room_id} is private", room_id=room_id)
    return room


def require_few_rooms(login: str, open_rooms: int) -> None:
    """Raise TooManyRooms if the player is in as many open rooms as one may be in."""
    if open_rooms >= MAX_OPEN_ROOMS:
        raise exceptions.TooManyRooms.of(
            f"{login} is in {MAX_OPEN_ROOMS} open rooms, which is as many as one may be in: "
            "leave one of them first",
            most=MAX_OPEN_ROOMS,
        )


def _revise(room: Room, **changes: Any) -> Room:
    return replace(room, revision=room.revision + 1, **changes)


def _require_open(room: Room) -> None:
    if room.status != OPEN:
        raise exceptions.RoomClosed.of(
            f"The room {room.room_id} is no longer open", room_id=room.room_id
        )
