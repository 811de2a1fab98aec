"""The errors that callers of the rooms service can cause."""

from auth.exceptions import GuestNotAllowed
from extensions.errors import ServiceError
from sessions.exceptions import GameNotFound, InvalidOptions, TooManySessions


class RoomNotFound(ServiceError):
    """No room that the caller may know of has this id or key."""


class RoomFull(ServiceError):
    """Every seat of the room is taken."""


class RoomClosed(ServiceError):
    """The room is no longer open."""


class AlreadyInRoom(ServiceError):
    """The player is in the room already."""


class NotAMember(ServiceError):
    """The player is not in the room."""


class NotTheOwner(ServiceError):
    """Only the owner of the room may do this."""


class TooManyRooms(ServiceError):
    """The player is in as many open rooms as one may be."""


class TooManyChallenges(ServiceError):
    """As many challenges of the player are open as may be."""


class RoomIsPrivate(ServiceError):
    """The room is private, and its member may do this only by the private rooms service."""


CREATE_REFUSALS = (TooManyRooms, TooManySessions, GameNotFound, InvalidOptions, GuestNotAllowed)
JOIN_REFUSALS = (
    RoomNotFound, AlreadyInRoom, RoomClosed, RoomFull, TooManyRooms, GuestNotAllowed
)
CHALLENGE_REFUSALS = (
    TooManyChallenges, TooManySessions, GameNotFound, InvalidOptions, GuestNotAllowed
)
ACCEPT_REFUSALS = (RoomNotFound, AlreadyInRoom, RoomClosed, RoomFull, GuestNotAllowed)
DECLINE_REFUSALS = (RoomNotFound, RoomClosed)
LEAVE_REFUSALS = (RoomNotFound, NotAMember, RoomClosed, RoomIsPrivate)
CLOSE_REFUSALS = (RoomNotFound, NotTheOwner, RoomClosed, RoomIsPrivate)
