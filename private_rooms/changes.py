"""What has happened in a room since its members were last told: a pure comparison."""

from private_rooms import events


def changes(told: dict, room: dict) -> list[tuple[str, tuple[str, ...]]]:
    """The events that lead from one to the other, each with who hears of it beside the members.

    A room whose owner leaves, closes: that is told, and the leaving is not. Nothing follows from a
    copy of the room that is older than what has been told.
    """
    if room["revision"] <= told["revision"]:
        return []
    if room["status"] == "closed":
        gone = tuple(login for login in told["players"] if login not in room["players"])
        return [(events.CLOSED, gone)] if told["status"] != "closed" else []
    left = [login for login in told["players"] if login not in room["players"]]
    joined = [login for login in room["players"] if login not in told["players"]]
    happened = [(events.PLAYER_LEFT, (login,)) for login in left]
    happened += [(events.PLAYER_JOINED, ()) for _ in joined]
    if room["session_id"] and not told["session_id"]:
        happened.append((events.FILLED, ()))
    return happened


def settled(room: dict) -> bool:
    """Whether nothing more will happen in the room."""
    return room["status"] == "closed" or room["session_id"] is not None
