"""What the private rooms service announces to members of a room and to whoever has just left."""

EXCHANGE = "private_room.events"
PLAYER_JOINED = "private_room.player_joined"
PLAYER_LEFT = "private_room.player_left"
FILLED = "private_room.filled"
CLOSED = "private_room.closed"
