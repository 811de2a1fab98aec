"""What the rooms service shows of its rows, and what it announces."""

from extensions.clock import timestamp
from extensions.outbox.outbox import OutboxMessage
from rooms.models import Room


def room(row: Room) -> dict:
    """A room as its members see it."""
    return {
        "room_id": row.room_id,
        "game": row.game,
        "options": row.options,
        "seats": row.seats,
        "players": row.players,
        "owner": row.owner,
        "status": row.status,
        "created_at": timestamp(row.created_at),
        "session_id": row.session_id,
    }


def revised(row: Room) -> dict:
    """A room for the service that follows its changes: the `revision` tells older from newer."""
    return {**room(row), "revision": row.revision}


def notice(event: str, room: dict, now: float, *also: str) -> OutboxMessage:
    """Tells the members of a room, and whoever else is named, what has happened in it."""
    params = {"at": timestamp(now), "room": room}
    return OutboxMessage(f"room.{room['room_id']}", event, params, players=(*room["players"], *also))
