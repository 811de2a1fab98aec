"""A room and its rules: each function returns the room as it is afterwards, or refuses."""

from dataclasses import dataclass, field, replace
from typing import Any

from rooms import exceptions

OPEN, FILLED, CLOSED = "open", "filled", "closed"
FIRST, SECOND, RANDOM = "first", "second", "random"  # the seat that a challenger asks for


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
class Challenged:
    """A player who is challenged, and is never shown a challenge that is `hidden`."""

    login: str
    hidden: bool = False


@dataclass(frozen=True)
class Challenge:
    """Whom a room's owner has challenged, and the seat that the owner has asked for.

    The `others` are challenged beside the player of this login, who is as they are.
    """

    login: str
    side: str
    hidden: bool = False
    others: tuple[Challenged, ...] = ()

    @property
    def shown_to(self) -> list[str]:
        """The players who are challenged and shown it."""
        first = [] if self.hidden else [self.login]
        return [*first, *(each.login for each in self.others if not each.hidden)]


@dataclass(frozen=True)
class Room:
    """A room where players gather before a session begins.

    `seats` is how many take part, `taken` the seats that have been taken. `revision` grows with
    every change, so that an older copy of the room is known as such. A room with a `challenge` is
    private, and is for its owner and the challenged players.
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
    challenge: Challenge | None = None

    @property
    def players(self) -> list[str]:
        """The members, in the order of their seats."""
        return [seat.login for seat in self.taken]

    @property
    def has_key(self) -> bool:
        """Whether the room is joined by a key, which the private rooms service has."""
        return self.private and self.challenge is None

    @property
    def has_days(self) -> bool:
        """Whether players will have days for each move, and so need not be there together."""
        return "days" in (self.options.get("clock") or ())

    @property
    def audience(self) -> list[str]:
        """Who may know of the room and is told what happens in it, if it is private."""
        players, told = self.players, self.challenge.shown_to if self.challenge else []
        return [*players, *(login for login in told if login not in players)]

    def was_joined_by(self, login: str, request_id: str | None) -> bool:
        """Tell whether the player has taken a seat here by this very request."""
        return request_id is not None and any(
            (seat.login, seat.request_id) == (login, request_id) for seat in self.taken
        )


def join(room: Room, login: str, request_id: str | None = None, lot: int = 0) -> Room:
    """Give the player a seat; the last one fills the room.

    In a challenge for a random side, the `lot` is the position. Raises AlreadyInRoom, RoomFull or
    RoomClosed.
    """
    if login in room.players:
        raise exceptions.AlreadyInRoom.of(
            f"{login} is in the room {room.room_id} already", room_id=room.room_id
        )
    if room.status == FILLED:
        raise exceptions.RoomFull.of(f"The room {room.room_id} is full", room_id=room.room_id)
    _require_open(room)
    seat = Seat(login, _next_position(room, lot), request_id)
    taken = tuple(sorted((*room.taken, seat), key=lambda each: each.position))
    return _revise(room, taken=taken, status=FILLED if len(taken) == room.seats else OPEN)


def decline(room: Room) -> Room:
    """Close the room for a challenged player; one that is closed already stays as it is.

    Raises RoomClosed.
    """
    if room.status == CLOSED:
        return room
    _require_open(room)
    return expire(room)


def hide(room: Room, login: str) -> Room:
    """Hide the challenge from this challenged player, unless the player has accepted it."""
    challenge = room.challenge
    if challenge is None or login in room.players:
        return room
    if challenge.login == login:
        return replace(room, challenge=replace(challenge, hidden=True))
    others = (replace(each, hidden=each.hidden or each.login == login) for each in challenge.others)
    return replace(room, challenge=replace(challenge, others=tuple(others)))


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


def _next_position(room: Room, lot: int) -> int:
    side = room.challenge and room.challenge.side
    if side == RANDOM:
        return lot
    if not room.taken:
        return 0
    if side == SECOND and room.taken[0].login == room.owner:
        return room.taken[0].position - 1
    return room.taken[-1].position + 1


def _revise(room: Room, **changes: Any) -> Room:
    return replace(room, revision=room.revision + 1, **changes)


def _require_open(room: Room) -> None:
    if room.status != OPEN:
        raise exceptions.RoomClosed.of(
            f"The room {room.room_id} is no longer open", room_id=room.room_id
        )
