"""Settles connections whose session membership is uncertain because a call failed.

A call that was not answered may still be served, long after its caller has given up: its service
was held up, or died after storing the change. Without this a player could count as connected for
ever after having left.
"""

from typing import Protocol

import eventlet

from gateway.broker.retry_queue import RetryQueue
from sessions.exceptions import GAME_ERRORS

ATTEMPTS = 2  # a call that is served late may overtake the first
MAX_UNCERTAIN_SESSIONS = 1000  # for each connection


class Subscriptions(Protocol):
    """The sessions of one connection."""

    def settle(self, session_id: str) -> None:
        """Tell the session service whether the connection is in a session."""


class PresenceReconciler:
    """Settles uncertain connections, and repeats it until the session service has answered."""

    def __init__(self, rpc_timeout: float) -> None:
        self._rpc_timeout = rpc_timeout
        self._settling = RetryQueue("uncertain connections", self._settle)
        self._uncertain: dict[Subscriptions, set[str]] = {}

    def is_full(self, subscriptions: Subscriptions) -> bool:
        """Tell whether a connection has as many uncertain sessions as it may have."""
        return len(self._uncertain.get(subscriptions, ())) >= MAX_UNCERTAIN_SESSIONS

    def add(self, subscriptions: Subscriptions, session_id: str) -> None:
        """Settle a session once no late call can change it any more."""
        self._uncertain.setdefault(subscriptions, set()).add(session_id)
        for attempt in range(1, ATTEMPTS + 1):
            item = subscriptions, session_id, attempt == ATTEMPTS
            eventlet.spawn_after(attempt * self._rpc_timeout, self._settling.add, item)

    def _settle(self, batch: list[tuple[Subscriptions, str, bool]]) -> None:
        refusal: Exception | None = None
        for item in list(batch):
            subscriptions, session_id, is_last = item
            try:
                subscriptions.settle(session_id)
            except GAME_ERRORS as error:  # of this session, which is to keep no other waiting
                refusal = error
                continue
            batch.remove(item)
            if is_last:
                self._forget(subscriptions, session_id)
        if refusal is not None:
            raise refusal

    def _forget(self, subscriptions: Subscriptions, session_id: str) -> None:
        uncertain = self._uncertain.get(subscriptions, set())
        uncertain.discard(session_id)
        if not uncertain:
            self._uncertain.pop(subscriptions, None)
