"""What the private rooms service reads, answers and announces of a room."""

from typing import cast

from extensions.clock import timestamp
from extensions.outbox.message import OutboxMessage
from rooms.events import RevisedRoomView, RoomView


class PrivateRoomView(RoomView):
    """A room as its members see it: with the key by which others join."""

    connection_key: str


def private_room_view(room: RevisedRoomView, connection_key: str) -> PrivateRoomView:
    """Show a room to its members."""
    view = dict(room, connection_key=connection_key)
    del view["revision"]
    return cast(PrivateRoomView, view)


def message(
    event: str, room: PrivateRoomView, now: float, others: tuple[str, ...]
) -> OutboxMessage:
    """Tell the members of a room, and these others, what has happened in it."""
    players = tuple(dict.fromkeys((*room["players"], *others)))
    params = {"at": timestamp(now), "room": room}
    return OutboxMessage(f"private_room.{room['room_id']}", event, params, players=players)
