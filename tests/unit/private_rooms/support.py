"""Rooms as the rooms service answers them, and as their members see them."""

OPTIONS = {"clock": None, "rated": True}


def room(revision, *players, status="open", session_id=None, room_id="room"):
    """A private room as the rooms service answers it."""
    return {
        "room_id": room_id, "game": "dobutsu", "options": OPTIONS, "seats": 2,
        "players": list(players), "owner": "alice", "status": status,
        "created_at": "2023-11-14T22:13:20.000Z", "session_id": session_id, "revision": revision,
    }


ALONE = room(1, "alice")
FILLED = room(2, "alice", "bob", status="filled")
BEGUN = room(3, "alice", "bob", status="filled", session_id="session of room")
CLOSED = room(2, "alice", status="closed")


def shown(room, key):
    """A room as its members see it."""
    rest = {name: value for name, value in room.items() if name != "revision"}
    return {**rest, "connection_key": key}
