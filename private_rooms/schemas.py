"""What the private rooms service reads, answers and announces of a room."""

from typing import Any, TypedDict

from extensions.clock import timestamp
from extensions.outbox.message import OutboxMessage

Options = dict[str, Any]


class RoomView(TypedDict):
    """What everybody who may see a room sees of it."""

    room_id: str
    game: str
    options: Options
    seats: int
    players: list[str]
    owner: str
    status: str
    created_at: str | None
    session_id: str | None


class Room(RoomView):
    """A room as the rooms service shows it here; a higher revision is a newer copy."""

    revision: int


class PrivateRoomView(RoomView):
    """A room as its members see it: with the key by which others join."""

    connection_key: str


def private_room_view(room: Room, connection_key: str) -> PrivateRoomView:
    """Show a room to its members."""
    return {
        "room_id": room["room_id"],
        "game": room["game"],
        "options": room["options"],
        "seats": room["seats"],
        "players": room["players"],
        "owner": room["owner"],
        "status": room["status"],
        "created_at": room["created_at"],
        "session_id": room["session_id"],
        "connection_key": connection_key,
    }


def message(
    event: str, room: PrivateRoomView, now: float, others: tuple[str, ...]
) -> OutboxMessage:
    """Tell the members of a room, and these others, what has happened in it."""
    players = tuple(dict.fromkeys((*room["players"], *others)))
    params = {"at": timestamp(now), "room": room}
    return OutboxMessage(f"private_room.{room['room_id']}", event, params, players=players)
