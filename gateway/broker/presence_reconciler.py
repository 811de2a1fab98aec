"""Connections of which nobody knows whether they are in a session: their call was not answered.

Such a call may be served late, long after its caller has given up: where a service was held up, or
died once it had stored what it was asked to. A player could count as there for ever, and be gone.
"""

from typing import Any

import eventlet

from gateway.broker.retry_queue import RetryQueue

TIMES = 2  # once more, as a call that is served late may be overtaken by what settles it
MOST = 1000  # sessions that are in doubt for one connection


class PresenceReconciler:
    """Has the session service agree on who is connected, for as long as it takes until it does."""

    def __init__(self, patience: float):
        """Take the seconds for which calls are waited for."""
        self._patience = patience
        self._settling = RetryQueue("doubtful connections", self._settle)
        self._of: dict[Any, set[str]] = {}

    def are_many(self, connection) -> bool:
        """Whether so much is in doubt for a connection that it may have no more to come."""
        return len(self._of.get(connection, ())) >= MOST

    def add(self, connection, session_id: str) -> None:
        """Have it settled whether a connection is in a session, once no late call can change it."""
        self._of.setdefault(connection, set()).add(session_id)
        for times in range(1, TIMES + 1):
            doubt = connection, session_id, times == TIMES
            eventlet.spawn_after(times * self._patience, self._settling.add, doubt)

    def _settle(self, batch: list[tuple[Any, str, bool]]) -> None:
        for connection, session_id, for_good in batch:
            connection.settle(session_id)
            if for_good:
                self._forget(connection, session_id)

    def _forget(self, connection, session_id: str) -> None:
        doubted = self._of.get(connection, set())
        doubted.discard(session_id)
        if not doubted:
            self._of.pop(connection, None)
