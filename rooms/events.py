"""What the rooms service announces, and where.

On `EXCHANGE`, what happens in public rooms, for their members and whoever has just left. On
`PRIVATE_CHANGES_EXCHANGE`, what happens in private rooms without a call of the private rooms
service, for that service: such a room has closed by itself, or its session has begun late. These
events have the same names, and `room_id` in place of the room. What happens in a challenge is told
on `EXCHANGE` to its owner and the challenged players. A room is shown in answers as in events.
"""

from typing import Any, NotRequired, TypedDict

EXCHANGE = "room.events"
PRIVATE_CHANGES_EXCHANGE = "room.private_changes"
PLAYER_JOINED = "room.player_joined"
PLAYER_LEFT = "room.player_left"
FILLED = "room.filled"
CLOSED = "room.closed"
CHALLENGED = "room.challenged"
DECLINED = "room.declined"

Options = dict[str, Any]


class RoomView(TypedDict):
    """A room as its members see it."""

    room_id: str
    game: str
    options: Options
    seats: int
    players: list[str]
    owner: str
    status: str
    created_at: str | None
    session_id: str | None


class ChallengeView(RoomView):
    """A room of which its owner has told a player, and perhaps others: who are challenged."""

    challenged: str
    side: str
    others: NotRequired[list[str]]


class RevisedRoomView(RoomView):
    """A room for a service that follows its changes; the revision tells older from newer."""

    revision: int
