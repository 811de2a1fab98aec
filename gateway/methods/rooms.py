"""Public rooms, and private ones by their room ids."""

from accounts.exceptions import AccountNotFound, OwnAccount
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
    RoomIsPrivate,
    RoomNotFound,
    TooManyChallenges,
    TooManyRooms,
)
from sessions.exceptions import GameNotFound, InvalidOptions, TooManySessions


@method(
    "rooms.create", Access.PLAYER,
    GameNotFound, InvalidOptions, TooManyRooms, TooManySessions, GuestNotAllowed,
)
def create(call: HandlerCall, given: params.NewRoom) -> results.Room:
    """Open a room that anybody can see and join."""
    with call.limits.game(call.player):
        return call.services.rooms.create(
            call.player, given.game, given.options, given.seats, guest=call.guest
        )


@method("rooms.list", Access.ANYONE, GameNotFound)
def list_rooms(call: HandlerCall, given: params.RoomPage) -> results.RoomPage:
    """List the open rooms, newest first."""
    call.games.require(given.game)
    return call.services.rooms.list(given.game, given.limit, given.after)


@method("rooms.get", Access.PLAYER, RoomNotFound)
def get(
    call: HandlerCall, given: params.RoomId
) -> results.Room | results.PrivateRoom | results.Challenge:
    """Get a room; a private one only as a member, with its key, and a challenge as its player."""
    try:
        return call.services.rooms.get(given.room_id, call.player)
    except RoomIsPrivate:
        return call.services.private_rooms.get(given.room_id)


@method(
    "rooms.join", Access.PLAYER,
    RoomNotFound, AlreadyInRoom, RoomClosed, RoomFull, TooManyRooms, GuestNotAllowed,
)
def join(call: HandlerCall, given: params.RoomId) -> results.Room:
    """Take a seat; when the last one is taken, the session begins."""
    return call.services.rooms.join(given.room_id, call.player, guest=call.guest)


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


@method(
    "rooms.challenge", Access.PLAYER,
    AccountNotFound, OwnAccount, GameNotFound, InvalidOptions, TooManyChallenges,
    TooManySessions, GuestNotAllowed,
)
def challenge(call: HandlerCall, given: params.NewChallenge) -> results.Challenge:
    """Open a private room of which one player is told, or several, who may accept or decline.

    It is open until then, or until its owner closes it or has been away for `ROOM_TTL`; with days a
    move for at least three days, whoever is there.
    """
    logins = (given.login, *given.others)
    opponents = [call.services.accounts.opponent(call.player, login) for login in logins]
    first, *others = {each["login"]: each["has_blocked"] for each in opponents}.items()
    login, hidden = first
    several = {"others": others} if others else {}  # which the release before does not know
    with call.limits.challenge(call.player, call.address):
        return call.services.rooms.challenge(
            call.player, login, given.game, given.options, given.side, hidden=hidden,
            guest=call.guest, **several,
        )


@method("rooms.challenges", Access.PLAYER)
def challenges(call: HandlerCall, given: params.Page) -> results.ChallengePage:
    """List the open challenges of and to the player, newest first."""
    return call.services.rooms.challenges(call.player, given.limit, given.after)


@method(
    "rooms.accept", Access.PLAYER,
    RoomNotFound, AlreadyInRoom, RoomClosed, RoomFull, GuestNotAllowed,
)
def accept(call: HandlerCall, given: params.RoomId) -> results.Challenge:
    """Accept a challenge; the session begins, of several players with the last one."""
    return call.services.rooms.accept(given.room_id, call.player, guest=call.guest)


@method("rooms.decline", Access.PLAYER, RoomNotFound, RoomClosed)
def decline(call: HandlerCall, given: params.Declining) -> results.Empty:
    """Decline a challenge, and say why if one likes; again, it changes nothing."""
    call.services.rooms.decline(given.room_id, call.player, given.reason)
    return {}
