"""Public rooms."""

from gateway.protocol import params, results
from gateway.protocol.registry import Access, Call, method
from rooms.exceptions import (
    AlreadyInRoom,
    NotAMember,
    NotTheOwner,
    RoomClosed,
    RoomFull,
    RoomIsPrivate,
    RoomNotFound,
    TooManyRooms,
)
from sessions.exceptions import GameNotFound, InvalidOptions


@method(
    "rooms.create", Access.PLAYER, params.NewRoom, results.Room,
    (GameNotFound, InvalidOptions, TooManyRooms),
)
def create(call: Call, given: params.NewRoom):
    """Open a room that anybody can see and join."""
    return call.services.rooms.create(call.login, given.game, given.options, given.seats)


@method("rooms.list", Access.ANYONE, params.RoomPage, results.RoomPage, (GameNotFound,))
def list_rooms(call: Call, given: params.RoomPage):
    """The open rooms, newest first."""
    call.gateway.games.require(given.game)
    return call.services.rooms.list(given.game, given.limit, given.after)


@method(
    "rooms.get", Access.PLAYER, params.RoomId, results.Room | results.PrivateRoom, (RoomNotFound,)
)
def get(call: Call, given: params.RoomId):
    """A room; a private one only to its members, with its key."""
    try:
        return call.services.rooms.get(given.room_id, call.login)
    except RoomIsPrivate:
        return call.services.private_rooms.get(given.room_id)


@method(
    "rooms.join", Access.PLAYER, params.RoomId, results.Room,
    (RoomNotFound, AlreadyInRoom, RoomClosed, RoomFull, TooManyRooms),
)
def join(call: Call, given: params.RoomId):
    """Take a seat; with the last one the session begins."""
    return call.services.rooms.join(given.room_id, call.login)


@method(
    "rooms.leave", Access.PLAYER, params.RoomId, results.Empty,
    (RoomNotFound, NotAMember, RoomClosed),
)
def leave(call: Call, given: params.RoomId):
    """Give the seat back; where the owner leaves, the room closes."""
    try:
        call.services.rooms.leave(given.room_id, call.login)
    except RoomIsPrivate:
        room = call.services.private_rooms.get(given.room_id)
        call.services.private_rooms.leave(room["connection_key"], call.login)
    return {}


@method(
    "rooms.close", Access.PLAYER, params.RoomId, results.Empty,
    (RoomNotFound, NotTheOwner, RoomClosed),
)
def close(call: Call, given: params.RoomId):
    """Close the room that one owns."""
    try:
        call.services.rooms.close(given.room_id, call.login)
    except RoomIsPrivate:
        room = call.services.private_rooms.get(given.room_id)
        call.services.private_rooms.close(room["connection_key"], call.login)
    return {}
