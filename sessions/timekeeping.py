"""What happens in sessions by itself, in time: a flag that falls, a grace that ends.

Import the module, not the class: Nameko's command line takes every class with an entrypoint that
it finds in a service's module for a service.
"""

import logging

from extensions.storage.downtime import HEARTBEAT_INTERVAL_SECONDS, record_heartbeat
from extensions.timers import timer
from sessions import storage
from sessions.models import Downtime
from sessions.stored import Stored

_log = logging.getLogger(__name__)

DUE_AT_ONCE = 100
PUT_OFF = 60.0  # seconds until a session that could not be decided is looked at again


class Timekeeping(Stored):
    """The clock of a session service: any number of instances look at what is due.

    A time in which no instance ran, or none could be reached, counts for nobody. It is found by
    whoever comes first, the timer or something to be decided, so that no flag falls before.
    """

    @timer(interval=0.25)
    def keep_time(self):
        """Decide what is due in sessions, each by itself."""
        if not self.outbox.connected_seconds():
            return
        now = self.clock()
        if self._forgive_pause(now):
            return
        with self.db.get_session() as session:
            due = storage.due(session, self.arena, now, DUE_AT_ONCE)
            decided = [self._decide(match, match.expire, now) for match in due]
            notices = self._store(session, [each for each in decided if each])
            # Its game has failed, or does not know what to do: it is in nobody else's way.
            stuck = [
                match.session_id for match, outcome in zip(due, decided, strict=True)
                if outcome is None or match.is_overdue(now)
            ]
            storage.put_off(session, stuck, now + PUT_OFF)
        self.outbox.send(notices)

    def _take_up_time(self):
        """Before anything is decided: see to it that the time in which nothing ran is forgiven."""
        now, kept_at = self.clock(), self.arena.kept_at
        if kept_at is not None and not 0 <= now - kept_at <= HEARTBEAT_INTERVAL_SECONDS:
            self._forgive_pause(now)

    def _forgive_pause(self, now):
        with self.db.get_session() as session:
            seconds = record_heartbeat(session, Downtime, now)
            if seconds:
                self._postpone(session, seconds)
                # With many sessions it took its time, which must not look like the next pause.
                now = self.clock()
                record_heartbeat(session, Downtime, now)
        self.arena.kept_at = now
        return bool(seconds)

    def _postpone(self, session, seconds):
        _log.warning("Nothing could be done for %.1f s: deadlines are put off by that", seconds)
        matches = storage.with_deadline(session, self.arena)
        for match in matches:
            match.postpone(seconds)
        storage.save(session, [(match, []) for match in matches])
        storage.prolong_leases(session, seconds)
