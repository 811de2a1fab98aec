"""Looks after the deadlines of all sessions: decides what has come due, and puts off downtime.

Time in which no instance of the service ran, or none could be reached, is held against nobody: all
deadlines are put off by it. Whoever comes first after it sees to that, the timer or a decision.
"""

import logging
from collections.abc import Callable

import eventlet

from extensions.storage.downtime import (
    HEARTBEAT_INTERVAL_SECONDS,
    has_been_down,
    is_heartbeat_due,
)
from sessions import deadlines
from sessions.changes import attempt
from sessions.dependencies import Dependencies, DowntimeCheck
from sessions.storage import SessionStore

_log = logging.getLogger(__name__)

MAX_SESSIONS_PER_BATCH = 25  # of a transaction, between which others have their turn
MAX_BATCHES_PER_TICK = 40
# After which a batch is stored, however many are left of it: the database ends a transaction in
# which the code of slow games takes longer than DB_IDLE_TIMEOUT.
MAX_BATCH_SECONDS = 0.25
# Until a session whose game failed, or that cannot be read, is tried again.
RETRY_SECONDS = 60.0


class DeadlineTimer:
    """Decides what is due in all sessions. Any number of instances may do so side by side."""

    def __init__(
        self, store: SessionStore, clock: Callable[[], float],
        broker_uptime: Callable[[], float], downtime_check: DowntimeCheck,
    ) -> None:
        self._store, self._clock = store, clock
        self._broker_uptime, self._downtime_check = broker_uptime, downtime_check

    @classmethod
    def of(cls, service: Dependencies) -> "DeadlineTimer":
        """Return one that is made from the dependencies of a service."""
        return cls(
            SessionStore.of(service), service.clock, service.outbox.connected_seconds,
            service.downtime_check,
        )

    def expire(self) -> None:
        """Decide what is due in sessions, each by itself."""
        if not self._broker_uptime():
            return
        now, next_due = self._clock(), self._store.next_due()
        begins = not self._downtime_check.checked_at  # others may lack rules that this one has
        last = next_due.heartbeat_at
        if begins or last is None or is_heartbeat_due(last, now):
            if begins or next_due.has_missing_rules or has_been_down(last, now):
                if self._forgive(now):
                    return
            else:
                self._store.record_heartbeat(now)
        self._downtime_check.checked_at = now
        if next_due.deadline is not None and next_due.deadline <= now:
            self._expire_due(now)

    def forgive_downtime(self) -> None:
        """Put deadlines off if the service has been down; to be called before any decision."""
        now = self._clock()
        if not 0 <= now - self._downtime_check.checked_at <= HEARTBEAT_INTERVAL_SECONDS:
            self._forgive(now)

    def _expire_due(self, now: float) -> None:
        """Decide what is due, in batches; other instances have batches of their own.

        Batches begin with the longest overdue and the last one by turns: however many deadlines
        have passed before it, a flag is not looked at much later than without them.
        """
        for number in range(MAX_BATCHES_PER_TICK):
            if self._expire_batch(now, newest_first=number % 2 == 1) < MAX_SESSIONS_PER_BATCH:
                return
            eventlet.sleep(0)

    def _expire_batch(self, now: float, newest_first: bool) -> int:
        """Decide what is due in a batch of sessions; return how many they are."""
        with self._store.transaction() as transaction:
            due = transaction.sessions.due(now, MAX_SESSIONS_PER_BATCH, newest_first)
            changes, stuck = [], list(due.unreadable)
            until = self._clock() + MAX_BATCH_SECONDS
            for match in due.matches:
                change = attempt(match, deadlines.expire, now)
                if change:
                    changes.append(change)
                # The game failed, or nothing follows from the deadline under today's settings.
                if change is None or deadlines.is_overdue(match, now):
                    stuck.append(match.session_id)
                if self._clock() > until:
                    break
            transaction.save(changes)
            transaction.sessions.put_off(stuck, now + RETRY_SECONDS)
        return len(due.matches) + len(due.unreadable)

    def _forgive(self, now: float) -> bool:
        with self._store.transaction() as transaction:
            seconds = transaction.record_heartbeat(now)
            if seconds:
                _log.warning(
                    "The service was down for %.1f s: deadlines are postponed by as much", seconds
                )
                transaction.postpone(seconds)
                # With many sessions this takes a while, which must not look like more downtime.
                now = self._clock()
                transaction.record_heartbeat(now)
            for (game, version), missed in transaction.forgive_missing_rules(now).items():
                _log.warning(
                    "Version %d of the rules of %s is here again: the deadlines of its games are"
                    " postponed by %.0f s", version, game, missed,
                )
        self._downtime_check.checked_at = now
        return bool(seconds)
