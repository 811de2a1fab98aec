"""Who may use a room, and who may open another one: each function refuses whoever may not."""

from rooms import exceptions
from rooms.room import Room

MAX_OPEN_ROOMS = 5  # that one player may be in


def require_access(
    room: Room | None, room_id: str, login: str, private: bool, joining: bool = False
) -> Room:
    """Return the room, if the player may know of it and use it in this way.

    `private` is true for calls of the private rooms service. A private room is hidden from who is
    not in it nor challenged by it, and one who joins it by its id is told no more than that it
    exists.

    Raises RoomNotFound or RoomIsPrivate.
    """
    if room is None or (room.private and not private and login not in room.audience):
        raise exceptions.RoomNotFound.of(f"There is no room {room_id}", room_id=room_id)
    if room.has_key and not private and not joining:
        raise exceptions.RoomIsPrivate.of(f"The room {room_id} is private", room_id=room_id)
    return room


def require_challenged(room: Room, login: str) -> None:
    """Raise RoomNotFound unless the room is a challenge to this player."""
    if room.challenge is None or login not in room.challenge.shown_to:
        raise exceptions.RoomNotFound.of(
            f"There is no challenge {room.room_id} to {login}", room_id=room.room_id
        )


def require_few_rooms(login: str, open_rooms: int) -> None:
    """Raise TooManyRooms if the player is in as many open rooms as one may be in."""
    if open_rooms >= MAX_OPEN_ROOMS:
        raise exceptions.TooManyRooms.of(
            f"{login} is in {MAX_OPEN_ROOMS} open rooms, which is as many as one may be in: "
            "leave one of them first",
            most=MAX_OPEN_ROOMS,
        )


def require_few_challenges(login: str, open_challenges: int, most: int) -> None:
    """Raise TooManyChallenges if as many of the player's challenges are open as may be."""
    if open_challenges >= most:
        raise exceptions.TooManyChallenges.of(
            f"{most} challenges of {login} are open, which is as many as may be: "
            "close one of them first",
            most=most,
        )
