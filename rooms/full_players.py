"""Which players may be in as many active sessions as one may be.

Only the session service knows, and to ask it for each room would cost much of what a room does.
Within a second after a session has begun, it is asked whether one of the players is full by it: for
all sessions of that second at once. Who is full is remembered, and asked about before each room. If
this process dies within that second, a player is found to be full by the next session instead.
"""

from extensions.dependencies import Clock, Database
from rooms import storage
from rooms.sessions_api import SessionsApi
from rooms.started_sessions import StartedSessions


class FullPlayers:
    """Remembers the players who were full."""

    def __init__(
        self, db: Database, sessions: SessionsApi, started: StartedSessions, clock: Clock
    ) -> None:
        self._db, self._sessions, self._started, self._clock = db, sessions, started, clock

    def remember_full(self) -> None:
        """Remember those who are full by a session that this process has begun of late."""
        players = self._started.take_players()
        if not players:
            return
        try:
            full = self._sessions.full_players(sorted(players))
            if full:
                with self._db.get_session() as session:
                    storage.remember_full(session, full, self._clock())
        except Exception:  # whatever it was, they are asked about again
            self._started.note_players(players)  # for the next time
            raise
