"""Public rooms, and private ones by their room ids."""

from gateway.methods.call import HandlerCall
from gateway.protocol import params, results
from gateway.protocol.registry import Access, method
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


@method("rooms.create", Access.PLAYER, GameNotFound, InvalidOptions, TooManyRooms)
def create(call: HandlerCall, given: params.NewRoom) -> results.Room:
    """Open a room that anybody can see and join."""
    return call.services.rooms.create(call.player, given.game, given.options, given.seats)


@method("rooms.list", Access.ANYONE, GameNotFound)
def list_rooms(call: HandlerCall, given: params.RoomPage) -> results.RoomPage:
    """List the open rooms, newest first."""
    call.games.require(given.game)
    return call.services.rooms.list(given.game, given.limit, given.after)


@method("rooms.get", Access.PLAYER, RoomNotFound)
def get(call: HandlerCall, given: params.RoomId) -> results.Room | results.PrivateRoom:
    """Get a room; a private one only as a member, with its key."""
    try:
        return call.services.rooms.get(given.room_id, call.player)
    except RoomIsPrivate:
        return call.services.private_rooms.get(given.room_id)


@method(
    "rooms.join", Access.PLAYER, RoomNotFound, AlreadyInRoom, RoomClosed, RoomFull, TooManyRooms
)
def join(call: HandlerCall, given: params.RoomId) -> results.Room:
    """Take a seat; when the last one is taken, the session begins."""
    return call.services.rooms.join(given.room_id, call.player)


@method("rooms.leave", Access.PLAYER, RoomNotFound, NotAMember, RoomClosed)
def leave(call: HandlerCall, given: params.RoomId) -> results.Empty:
    """Give the seat back; if the owner leaves, the room closes."""
    try:
        call.services.rooms.leave(given.room_id, call.player)
    except RoomIsPrivate:
        room = call.services.private_rooms.get(given.room_id)
        call.services.private_rooms.leave(room["connection_key"], call.player)
    return {}


@method("rooms.close", Access.PLAYER, RoomNotFound, NotTheOwner, RoomClosed)
def close(call: HandlerCall, given: params.RoomId) -> results.Empty:
    """Close the room that one owns."""
    try:
        call.services.rooms.close(given.room_id, call.player)
    except RoomIsPrivate:
        room = call.services.private_rooms.get(given.room_id)
        call.services.private_rooms.close(room["connection_key"], call.player)
    return {}
