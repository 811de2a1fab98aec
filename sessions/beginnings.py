"""Which sessions have begun, for gateways that could not hear it announced.

Import the module, not the class: Nameko's command line takes every class with an entrypoint that
it finds in a service's module for a service.
"""

from nameko.rpc import rpc

from sessions import schemas, storage
from sessions.stored import Stored

LONGEST_AGO = 3600.0  # seconds; nobody waits for a session for so long
MOST_BEGUN = 100


class Beginnings(Stored):
    """What of a session service tells of sessions that have begun, to who asks."""

    @rpc
    def begun_since(self, logins, since, after=""):
        """The sessions of these players that have begun since a moment, the first ones first.

        `{sessions, next}`: to each its key and the notices for those players. Where there are more,
        `next` is the moment, and the session, from which to go on.
        """
        now = self.clock()
        begin = max(since, now - LONGEST_AGO)
        with self.db.get_session() as session:
            rows = storage.begun_since(session, logins, begin, after, MOST_BEGUN)
            ids = [row.session_id for row in rows]
            matches = storage.load(session, self.arena, ids)
            present = storage.presence(session, ids)
        begun = [
            schemas.begun(matches[row.session_id], row.key, logins, present[row.session_id], now)
            for row in rows if row.session_id in matches
        ]
        full = len(rows) == MOST_BEGUN
        return {
            "sessions": begun,
            "next": [rows[-1].created_at, rows[-1].session_id] if full else None,
        }
