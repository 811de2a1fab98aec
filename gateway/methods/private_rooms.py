"""Private rooms, by their connection keys."""

from gateway.protocol import params, results
from gateway.protocol.registry import Access, Call, method
from rooms.exceptions import (
    AlreadyInRoom,
    NotAMember,
    NotTheOwner,
    RoomClosed,
    RoomFull,
    RoomNotFound,
    TooManyRooms,
)
from sessions.exceptions import GameNotFound, InvalidOptions


@method(
    "private_rooms.create", Access.PLAYER, params.NewRoom, results.PrivateRoom,
    (GameNotFound, InvalidOptions, TooManyRooms),
)
def create(call: Call, given: params.NewRoom):
    """Open a room that is joined by its key only."""
    return call.services.private_rooms.create(call.login, given.game, given.options, given.seats)


@method(
    "private_rooms.join", Access.PLAYER, params.ConnectionKey, results.PrivateRoom,
    (RoomNotFound, AlreadyInRoom, RoomClosed, RoomFull, TooManyRooms),
)
def join(call: Call, given: params.ConnectionKey):
    """Take a seat by the key; with the last one the session begins."""
    return call.services.private_rooms.join(given.connection_key, call.login)


@method(
    "private_rooms.leave", Access.PLAYER, params.ConnectionKey, results.Empty,
    (RoomNotFound, NotAMember, RoomClosed),
)
def leave(call: Call, given: params.ConnectionKey):
    """Give the seat back; where the owner leaves, the room closes."""
    call.services.private_rooms.leave(given.connection_key, call.login)
    return {}


@method(
    "private_rooms.close", Access.PLAYER, params.ConnectionKey, results.Empty,
    (RoomNotFound, NotTheOwner, RoomClosed),
)
def close(call: Call, given: params.ConnectionKey):
    """Close the private room that one owns."""
    call.services.private_rooms.close(given.connection_key, call.login)
    return {}
