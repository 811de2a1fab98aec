"""Connects players and spectators to sessions, one by itself or many in one transaction."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from extensions import json_codec
from extensions.errors import ServiceError, StorageBusy
from extensions.observability import request_log, tracing
from sessions.batched_requests import process_each, serialized
from sessions.connect_batch import ConnectBatch, ConnectOutcome
from sessions.dependencies import Dependencies
from sessions.exceptions import GameFailed
from sessions.history import (
    MAX_BATCH_MISSED_BYTES,
    MAX_BATCH_MISSED_EVENTS,
    MAX_EVENTS,
    MAX_MISSED_BYTES,
    visible_page,
)
from sessions.match import SessionEvent
from sessions.schemas import ConnectAnswer, Connected, ConnectRequest
from sessions.storage import SessionStore
from sessions.storage.connects import ConnectChanges, ConnectTransaction, MissedSince

MAX_ANSWERS_BYTES = 8 * 1024 * 1024  # of a batch: the reply is one message

_log = logging.getLogger(__name__)


class ConnectProcessor:
    """Connects connections to sessions. Each counts while its gateway renews its lease."""

    def __init__(
        self, store: SessionStore, clock: Callable[[], float], lease_seconds: float
    ) -> None:
        self._store, self._clock, self._lease_seconds = store, clock, lease_seconds

    @classmethod
    def of(cls, service: Dependencies) -> "ConnectProcessor":
        """Return one that is made from the dependencies of a service."""
        return cls(SessionStore.of(service), service.clock, service.settings.gateway_lease)

    def connect(
        self, session_id: str, connection_id: str, gateway_id: str, login: str | None,
        since: int | None,
    ) -> Connected:
        """Connect a connection to a session; return a snapshot and the events after `since`.

        Raises SessionNotFound.
        """
        [outcome] = self._process([{
            "session_id": session_id, "connection_id": connection_id, "gateway_id": gateway_id,
            "login": login, "since": since,
        }])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def connect_many(self, requests: list[ConnectRequest]) -> list[ConnectAnswer]:
        """Connect connections in order; answer each by itself, whatever happens to the others."""
        began = self._clock()
        outcomes = process_each(requests, self._process)
        for request, outcome in zip(requests, outcomes, strict=True):
            _report(request, outcome, began)
        return [*_bounded(outcomes)]

    def _process(self, requests: list[ConnectRequest]) -> Sequence[Connected | Exception]:
        now = self._clock()
        with self._store.connects() as transaction:
            matches = transaction.load(
                (each["session_id"], each["connection_id"]) for each in requests
            )
            batch = ConnectBatch(matches, now)
            outcomes = [batch.connect(request) for request in requests]
            connected = [each for each in outcomes if isinstance(each, ConnectOutcome)]
            # Both bounds are shared, as what one asks for keeps all others waiting.
            behind = max(sum(each.lacks_stored_events for each in connected), 1)
            limit = min(MAX_EVENTS, max(MAX_BATCH_MISSED_EVENTS // behind, 1))
            stored = _stored_events(transaction, connected, limit)
            if connected or batch.changes:
                gateways = {each["gateway_id"] for each in requests}
                changes = ConnectChanges(batch.changes, batch.connections, batch.spectators_changed)
                transaction.save(changes, gateways, now + self._lease_seconds)
        share = min(MAX_MISSED_BYTES, MAX_BATCH_MISSED_BYTES // behind)
        return [_shown(each, stored, limit, share) for each in outcomes]


def _stored_events(
    transaction: ConnectTransaction, connected: list[ConnectOutcome], limit: int
) -> Mapping[MissedSince, list[SessionEvent]]:
    """Return the events of sessions that connections have missed, and that were stored before."""
    missed = {
        (each.attended.match.session_id, each.since) for each in connected
        if each.since is not None and each.lacks_stored_events
    }
    return transaction.events_since(missed, limit) if missed else {}


def _shown(
    outcome: ConnectOutcome | ServiceError,
    stored: Mapping[MissedSince, list[SessionEvent]], limit: int, max_bytes: int,
) -> Connected | Exception:
    """Return what a connection is answered; an error of the game is its own."""
    if isinstance(outcome, ServiceError):
        return outcome
    match = outcome.attended.match
    missed = outcome.events(stored.get((match.session_id, outcome.since or 0), ()), limit)
    try:
        version = outcome.snapshot["version"]
        page = visible_page(match, missed, outcome.player, version, max_bytes)
        return {"session": outcome.snapshot, **page}
    except Exception as error:
        _log.exception("The events of the session %s could not be shown", match.session_id)
        return error


def _bounded(outcomes: Iterable[Connected | Exception]) -> Iterator[ConnectAnswer]:
    """Yield the answers; one that is too large for the reply is an error in its place."""
    total = 0
    for outcome in outcomes:
        size = len(json_codec.encode(outcome)) if isinstance(outcome, dict) else 0
        if size > MAX_ANSWERS_BYTES:
            game = cast(Connected, outcome)["session"]["game"]
            outcome = GameFailed.of(f"The game {game} shows too much to be sent", game=game)
        elif total + size > MAX_ANSWERS_BYTES:
            outcome = StorageBusy("Others have connected to large sessions meanwhile")
        else:
            total += size
        yield cast(ConnectAnswer, serialized(outcome))


def _report(
    request: ConnectRequest, outcome: Connected | Exception, began: float
) -> None:
    """Log a line for a connection, under its own request id, and record a span for its trace."""
    error = outcome if isinstance(outcome, Exception) else None
    said, request_id = request_log.outcome(error), request.get("request_id")
    request_log.log_event(
        "connect", request_id=request_id, session=request["session_id"], login=request.get("login"),
        outcome=said,
    )
    if traceparent := request.get("traceparent"):
        tracing.done(
            "sessions.connect", traceparent, began, said, session=request["session_id"],
            request_id=request_id,
        )
