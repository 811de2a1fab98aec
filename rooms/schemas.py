"""What the rooms service answers, and the messages by which it announces changes."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias, TypedDict, cast

from extensions.clock import timestamp
from extensions.outbox.message import OutboxMessage
from extensions.pagination import Name, decode_cursor, paginate
from rooms import events
from rooms.events import ChallengeView, Options, RevisedRoomView, RoomView
from rooms.room import Challenge, Room

LIST = "rooms"
CHALLENGES_LIST = "challenges"

Ids = list[str]  # of rooms, or logins; entrypoints may not say `list`, as one has this name
Others: TypeAlias = Sequence[tuple[str, bool]]  # logins, and from whom a challenge is hidden
AnyRoomView: TypeAlias = RoomView | RevisedRoomView  # the latter of a private room


class RoomPage(TypedDict):
    """A part of the list of open rooms; `next` is the cursor of the part that follows."""

    items: list[RoomView]
    next: str | None


class ChallengePage(TypedDict):
    """A part of a list of challenges; `next` is the cursor of the part that follows."""

    items: list[ChallengeView]
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
    """Show a room to its members; a challenge with what it has beside."""
    return challenge_view(room) if room.challenge else _room_view(room)


def challenge_view(room: Room) -> ChallengeView:
    """Show a room that is a challenge to its players."""
    challenge = cast(Challenge, room.challenge)
    challenged = {"challenged": challenge.login, "side": challenge.side}
    shown = cast(ChallengeView, {**_room_view(room), **challenged})
    if challenge.others:
        shown["others"] = [each.login for each in challenge.others]
    return shown


def _room_view(room: Room) -> RoomView:
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
    return {**_room_view(room), "revision": room.revision}


def answer(room: Room) -> AnyRoomView:
    """Show a room to who asked for a change of it: a private one's revision goes along."""
    return revised_room_view(room) if room.has_key else room_view(room)


def list_position(name: str, after: str | None) -> tuple[float, str] | None:
    """Return where in the list of rooms, or of challenges, a page begins.

    Raises UnknownCursor.
    """
    return decode_cursor(name, after, tuple[float, Name])


def room_page(rooms: list[Room], limit: int) -> RoomPage:
    """Show a page of the list, of rooms that are one more than `limit` if more follow."""
    shown, following = paginate(LIST, rooms, limit, lambda room: [room.created_at, room.room_id])
    return {"items": [room_view(room) for room in shown], "next": following}


def challenge_page(rooms: list[Room], limit: int) -> ChallengePage:
    """Show a page of a list of challenges, of which there is one more if more follow."""
    shown, following = paginate(
        CHALLENGES_LIST, rooms, limit, lambda room: [room.created_at, room.room_id]
    )
    return {"items": [challenge_view(room) for room in shown], "next": following}


def message(event: str, room: Room, now: float, *others: str) -> OutboxMessage:
    """Tell the members of a room without a key, and these others, what has happened in it."""
    params = {"at": timestamp(now), "room": room_view(room)}
    return OutboxMessage(_subject(room), event, params, players=(*room.audience, *others))


def declined_message(room: Room, login: str, reason: str | None, now: float) -> OutboxMessage:
    """Tell the players of a challenge that one has declined it, and why if that was said."""
    declined = message(events.DECLINED, room, now)
    return replace(declined, params={**declined.params, "login": login, "reason": reason})


def own_message(event: str, room: Room, now: float) -> OutboxMessage:
    """Tell what this service has done by itself: of a private room, to the one that has its key."""
    if not room.has_key:
        return message(event, room, now)
    params = {"at": timestamp(now), "room_id": room.room_id}
    return OutboxMessage(_subject(room), event, params, exchange=events.PRIVATE_CHANGES_EXCHANGE)


def filled_message(room: Room, now: float) -> OutboxMessage:
    """Tell that the session of a room has begun; the message's id is always the same."""
    message_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{events.FILLED} {room.room_id}").hex
    return replace(own_message(events.FILLED, room, now), id=message_id)


def _subject(room: Room) -> str:
    return f"room.{room.room_id}"
