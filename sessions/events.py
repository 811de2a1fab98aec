"""What the session service announces: its fanout exchanges, the names of its events, routing keys.

Routing keys on `session.events`:

- `session.<id>.all`: for everybody who is connected to the session;
- `session.<id>.player.<login>`, with `player.<login>`: what only this player may see;
- `session.<id>.spectators`, with `session.<id>.all`: what spectators may see, where players see
  something else, and are not shown it;
- `player.<login>`: for a player on all connections.

`session.results` carries one message for each ended session, which outlives the broker.
"""

import re

EXCHANGE = "session.events"
RESULTS_EXCHANGE = "session.results"
DURABLE = (RESULTS_EXCHANGE,)  # whose messages outlive the broker

CREATED = "session.created"
STATE_CHANGED = "session.state_changed"
PLAYER_CONNECTED = "session.player_connected"
PLAYER_DISCONNECTED = "session.player_disconnected"
DRAW_OFFERED = "session.draw_offered"
DRAW_DECLINED = "session.draw_declined"
TAKEBACK_OFFERED = "session.takeback_offered"
TAKEBACK_ACCEPTED = "session.takeback_accepted"
TAKEBACK_DECLINED = "session.takeback_declined"
PLAYER_LEFT = "session.player_left"
ENDED = "session.ended"
RULES_CHANGED = "session.rules_changed"
SPECTATORS_CHANGED = "session.spectators_changed"
REMATCH_ASKED = "session.rematch_asked"
RESULT = "session.result"

_ID = re.compile("[0-9a-f]{24}")


def is_id(session_id: str) -> bool:
    """Return whether a session may have this id; a key with any other might match all sessions."""
    return _ID.fullmatch(session_id) is not None


def everybody(session_id: str) -> str:
    """Return the key of what is for everybody who is connected to a session."""
    return f"session.{session_id}.all"


def one_player(session_id: str, login: str) -> str:
    """Return the key of what only one player of a session may see."""
    return f"session.{session_id}.player.{login}"


def spectators(session_id: str) -> str:
    """Return the key of what the spectators of a session may see."""
    return f"session.{session_id}.spectators"
