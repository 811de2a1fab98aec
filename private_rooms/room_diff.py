"""What has happened in a room since its members were last told: a pure comparison."""

from private_rooms import events
from rooms.events import RevisedRoomView


def events_between(
    announced: RevisedRoomView, room: RevisedRoomView
) -> list[tuple[str, tuple[str, ...]]]:
    """Return the events that lead from one to the other, each with who hears beside the members.

    Where the owner leaves, the room closes: that is an event, and the leaving is none. An older
    copy of the room than the announced one leads to no event.
    """
    if room["revision"] <= announced["revision"]:
        return []
    left = tuple(login for login in announced["players"] if login not in room["players"])
    if room["status"] == "closed":
        return [(events.CLOSED, left)] if announced["status"] != "closed" else []
    joined = [login for login in room["players"] if login not in announced["players"]]
    found: list[tuple[str, tuple[str, ...]]] = [(events.PLAYER_LEFT, (login,)) for login in left]
    found += [(events.PLAYER_JOINED, ()) for _ in joined]
    if room["session_id"] and not announced["session_id"]:
        found.append((events.FILLED, ()))
    return found


def is_settled(room: RevisedRoomView) -> bool:
    """Tell whether nothing more will happen in the room."""
    return room["status"] == "closed" or room["session_id"] is not None
