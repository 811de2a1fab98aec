"""What the private rooms service shows of a room, and what it announces."""

from extensions.clock import timestamp
from extensions.outbox.outbox import OutboxMessage


def private_room(room: dict, connection_key: str) -> dict:
    """A room as its members see it: with the key by which others join."""
    shown = {**room, "connection_key": connection_key}
    del shown["revision"]
    return shown


def notice(event: str, room: dict, now: float, also: tuple[str, ...]) -> OutboxMessage:
    players = tuple(dict.fromkeys((*room["players"], *also)))
    params = {"at": timestamp(now), "room": room}
    return OutboxMessage(f"private_room.{room['room_id']}", event, params, players=players)
