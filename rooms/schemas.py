"""What the rooms service answers, and the messages by which it announces changes."""

import uuid
from dataclasses import replace
from typing import TypeAlias, TypedDict

from extensions.clock import timestamp
from extensions.outbox.message import OutboxMessage
from extensions.pagination import Name, decode_cursor, paginate
from rooms import events
from rooms.events import Options, RevisedRoomView, RoomView
from rooms.room import Room

LIST = "rooms"

Ids = list[str]  # of rooms, or logins; entrypoints may not say `list`, as one has this name
AnyRoomView: TypeAlias = RoomView | RevisedRoomView  # the latter of a private room


class RoomPage(TypedDict):
    """A part of the list of open rooms; `next` is the cursor of the part that follows."""

    items: list[RoomView]
    next: str | None


class ExpiringMembers(TypedDict):
    """Members of open rooms, and where to go on for more."""

    logins: Ids
    next: tuple[float, str] | None


class GameTerms(TypedDict):
    """What is to be played, as the session service completes it."""

    game: str
    options: Options
    seats: int


def room_view(room: Room) -> RoomView:
    """Show a room to its members."""
    return {
        "room_id": room.room_id,
        "game": room.game,
        "options": room.options,
        "seats": room.seats,
        "players": room.players,
        "owner": room.owner,
        "status": room.status,
        "created_at": timestamp(room.created_at),
        "session_id": room.session_id,
    }


def revised_room_view(room: Room) -> RevisedRoomView:
    """Show a room to a service that follows its changes."""
    return {**room_view(room), "revision": room.revision}


def answer(room: Room) -> AnyRoomView:
    """Show a room to who asked for a change of it: a private one's revision goes along."""
    return revised_room_view(room) if room.private else room_view(room)


def list_position(after: str | None) -> tuple[float, str] | None:
    """Return where in the list of rooms a page begins.

    Raises UnknownCursor.
    """
    return decode_cursor(LIST, after, tuple[float, Name])


def room_page(rooms: list[Room], limit: int) -> RoomPage:
    """Show a page of the list, of rooms that are one more than `limit` if more follow."""
    shown, following = paginate(LIST, rooms, limit, lambda room: [room.created_at, room.room_id])
    return {"items": [room_view(room) for room in shown], "next": following}


def message(event: str, room: Room, now: float, *others: str) -> OutboxMessage:
    """Tell the members of a public room, and these others, what has happened in it."""
    params = {"at": timestamp(now), "room": room_view(room)}
    return OutboxMessage(_subject(room), event, params, players=(*room.players, *others))


def own_message(event: str, room: Room, now: float) -> OutboxMessage:
    """Tell what this service has done by itself: of a private room, to the one that has its key."""
    if not room.private:
        return message(event, room, now)
    params = {"at": timestamp(now), "room_id": room.room_id}
    return OutboxMessage(_subject(room), event, params, exchange=events.PRIVATE_CHANGES_EXCHANGE)


def filled_message(room: Room, now: float) -> OutboxMessage:
    """Tell that the session of a room has begun; the message's id is always the same."""
    message_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{events.FILLED} {room.room_id}").hex
    return replace(own_message(events.FILLED, room, now), id=message_id)


def _subject(room: Room) -> str:
    return f"room.{room.room_id}"
