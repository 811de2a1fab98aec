"""What the session service announces: the fanout exchanges, and the names of its events.

Routing keys on `session.events`: `session.<id>.all.<event>` is for everybody connected to the
session; `session.<id>.player.<login>.<event>` and `session.<id>.spectators.<event>` carry what only
this player, or only spectators, may see; `player.<login>.<event>` reaches a player anywhere.
`session.results` carries one message for each session that has ended, and outlives the broker.
"""

import re

EXCHANGE = "session.events"
RESULTS_EXCHANGE = "session.results"

CREATED = "session.created"
STATE_CHANGED = "session.state_changed"
PLAYER_CONNECTED = "session.player_connected"
PLAYER_DISCONNECTED = "session.player_disconnected"
DRAW_OFFERED = "session.draw_offered"
DRAW_DECLINED = "session.draw_declined"
ENDED = "session.ended"
SPECTATORS_CHANGED = "session.spectators_changed"
REMATCH_ASKED = "session.rematch_asked"
RESULT = "session.result"


_ID = re.compile("[0-9a-f]{24}")


def is_id(session_id: str) -> bool:
    """Whether a session may have this id. A key with any other might match every session's."""
    return _ID.fullmatch(session_id) is not None


def everybody(session_id: str) -> str:
    return f"session.{session_id}.all"


def one_player(session_id: str, login: str) -> str:
    return f"session.{session_id}.player.{login}"


def spectators(session_id: str) -> str:
    return f"session.{session_id}.spectators"
