"""What the rooms service announces of public rooms, to members and to whoever has just left."""

EXCHANGE = "room.events"
PLAYER_JOINED = "room.player_joined"
PLAYER_LEFT = "room.player_left"
FILLED = "room.filled"
CLOSED = "room.closed"
