"""What the rooms service announces, and where.

On `EXCHANGE`, what happens in public rooms, for their members and whoever has just left. On
`PRIVATE_CHANGES_EXCHANGE`, what happens in private rooms without a call of the private rooms
service, for that service: such a room has closed by itself, or its session has begun late. These
events have the same names, and `room_id` in place of the room.
"""

EXCHANGE = "room.events"
PRIVATE_CHANGES_EXCHANGE = "room.private_changes"
PLAYER_JOINED = "room.player_joined"
PLAYER_LEFT = "room.player_left"
FILLED = "room.filled"
CLOSED = "room.closed"
