"""Private rooms, by their connection keys."""

from auth.exceptions import GuestNotAllowed
from gateway.methods.call import HandlerCall
from gateway.protocol import params, results
from gateway.protocol.registry import Access, method
from rooms.exceptions import (
    AlreadyInRoom,
    NotAMember,
    NotTheOwner,
    RoomClosed,
    RoomFull,
    RoomNotFound,
    TooManyRooms,
)
from sessions.exceptions import GameNotFound, InvalidOptions, TooManySessions


@method(
    "private_rooms.create", Access.PLAYER,
    GameNotFound, InvalidOptions, TooManyRooms, TooManySessions, GuestNotAllowed,
)
def create(call: HandlerCall, given: params.NewRoom) -> results.PrivateRoom:
    """Open a room that can be joined by its key only."""
    with call.limits.game(call.player):
        return call.services.private_rooms.create(
            call.player, given.game, given.options, given.seats, guest=call.guest
        )


@method(
    "private_rooms.join", Access.PLAYER,
    RoomNotFound, AlreadyInRoom, RoomClosed, RoomFull, TooManyRooms, GuestNotAllowed,
)
def join(call: HandlerCall, given: params.ConnectionKey) -> results.PrivateRoom:
    """Take a seat by the key; when the last one is taken, the session begins."""
    with call.limits.key_check(call.address):
        return call.services.private_rooms.join(
            given.connection_key, call.player, guest=call.guest
        )


@method("private_rooms.leave", Access.PLAYER, RoomNotFound, NotAMember, RoomClosed)
def leave(call: HandlerCall, given: params.ConnectionKey) -> results.Empty:
    """Give the seat back; if the owner leaves, the room closes."""
    with call.limits.key_check(call.address):
        call.services.private_rooms.leave(given.connection_key, call.player)
    return {}


@method("private_rooms.close", Access.PLAYER, RoomNotFound, NotTheOwner, RoomClosed)
def close(call: HandlerCall, given: params.ConnectionKey) -> results.Empty:
    """Close the private room that one owns."""
    with call.limits.key_check(call.address):
        call.services.private_rooms.close(given.connection_key, call.player)
    return {}
