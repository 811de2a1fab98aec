"""Processes commands: decides them in a transaction, announces what they did, logs each."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from sqlalchemy.exc import IntegrityError

from extensions.errors import ServiceError
from extensions.json_codec import ValueTooLarge
from extensions.observability import request_log, tracing
from sessions import commands, limited_game, metrics, replays
from sessions.batched_requests import process_each, serialized
from sessions.changes import attempt
from sessions.command_batch import CommandBatch, command_key
from sessions.commands import Command
from sessions.deadline_timer import DeadlineTimer
from sessions.dependencies import Dependencies
from sessions.exceptions import GameFailed
from sessions.match import ENDED, Match, SessionEvent
from sessions.schemas import CommandAnswer, CommandRequest, CommandResult
from sessions.storage import SessionStore
from sessions.takebacks import Earlier, EarlierNeeded


class CommandProcessor:
    """Processes the commands of players, one by itself or many in one transaction."""

    def __init__(
        self, store: SessionStore, clock: Callable[[], float], deadlines: DeadlineTimer
    ) -> None:
        self._store, self._clock, self._deadlines = store, clock, deadlines

    @classmethod
    def of(cls, service: Dependencies) -> "CommandProcessor":
        """Return one that is made from the dependencies of a service."""
        return cls(SessionStore.of(service), service.clock, DeadlineTimer.of(service))

    def execute(
        self, session_id: str, login: str, command: dict[str, Any], command_id: str,
        version: int | None, arrived: float | None, round_trip: float,
    ) -> CommandResult:
        """Process a command; raises the error that it is refused with."""
        request: CommandRequest = {
            "session_id": session_id, "login": login, "command": command, "command_id": command_id,
            "version": version, "arrived": arrived, "round_trip": round_trip,
        }
        [outcome] = self.process([request])
        _report([request], [outcome])
        if isinstance(outcome, ServiceError):
            raise outcome
        return outcome

    def execute_many(self, requests: list[CommandRequest]) -> list[CommandAnswer]:
        """Process commands in order; answer each by itself, whatever happens to the others."""
        outcomes = process_each(requests, self.process)
        request_log.after_answer(_report, requests, outcomes)
        return [cast(CommandAnswer, serialized(each)) for each in outcomes]

    def process(self, requests: list[CommandRequest]) -> list[CommandResult | ServiceError]:
        """Process commands in one transaction; return the results and refusals, in order."""
        now = self._clock()
        self._deadlines.forgive_downtime()
        try:
            outcomes = self._process(requests, now, {})
        except ValueTooLarge:
            if len(requests) > 1:
                raise  # each is tried by itself then
            raise self._too_large(requests[0]["session_id"]) from None
        _trace(requests, outcomes, now)
        return outcomes

    def resign_all(self, login: str) -> None:
        """Resign every active session of a player, but for those whose game fails."""
        now = self._clock()
        with self._store.transaction() as transaction:
            ids = transaction.listing.active_of(login)
            matches = transaction.sessions.load(ids, lock=True).values()
            changes = [attempt(match, _resign, login, now) for match in matches]
            transaction.save(change for change in changes if change and change.events)

    def _process(
        self, requests: list[CommandRequest], now: float, earlier: dict[str, Earlier]
    ) -> list[CommandResult | ServiceError]:
        try:
            return (
                self._process_recent(requests, now, earlier)
                or self._process_locked(requests, now, earlier)
            )
        except EarlierNeeded as error:
            needed = error
        position = replays.earlier(self._store, needed)
        return self._process(requests, now, {**earlier, needed.session_id: position})

    def _too_large(self, session_id: str) -> GameFailed:
        with self._store.transaction() as transaction:
            return limited_game.too_large(transaction.sessions.require(session_id).game)

    def _process_locked(
        self, requests: list[CommandRequest], now: float, earlier: Mapping[str, Earlier]
    ) -> list[CommandResult | ServiceError]:
        with self._store.commands() as transaction:
            matches, answered = transaction.load(map(command_key, requests))
            batch = CommandBatch(matches, answered, now, earlier=earlier)
            outcomes = [batch.answer(request) for request in requests]
            transaction.save(batch.changes, batch.newly_answered)
        return outcomes

    def _process_recent(
        self, requests: list[CommandRequest], now: float, earlier: Mapping[str, Earlier]
    ) -> list[CommandResult | ServiceError] | None:
        """Process commands on what this process has written last, if it can be done.

        If one is refused then, all are decided again under a lock: the row may be out of date, or
        the command may have been answered before.
        """
        try:
            with self._store.recent({each["session_id"] for each in requests}) as transaction:
                if transaction is None:
                    return None
                batch = CommandBatch(transaction.matches, {}, now, earlier=earlier)
                outcomes = [batch.answer(request) for request in requests]
                if any(isinstance(each, ServiceError) for each in outcomes):
                    return None
                transaction.save(batch.changes, batch.newly_answered)
        except IntegrityError:
            return None
        return outcomes if transaction.is_written else None


def _resign(match: Match, login: str, now: float) -> list[SessionEvent]:
    if match.status == ENDED or match.is_out(login):  # before it was locked
        return []
    return commands.decide(match, Command(login, {"type": "resign"}), now).events


def _report(
    requests: list[CommandRequest], outcomes: list[CommandResult | Exception]
) -> None:
    """Count commands by type and outcome, and log a line for each, under its own request id."""
    metrics.count_commands([request["command"] for request in requests], outcomes)
    for request, outcome in zip(requests, outcomes, strict=True):
        error, version = _parts(outcome)
        request_log.log_event(
            "command", request_id=request.get("request_id"), session=request["session_id"],
            login=request["login"], outcome=request_log.outcome(error),
            type=commands.command_type(request["command"]), version=version,
        )


def _trace(
    requests: list[CommandRequest], outcomes: list[CommandResult | ServiceError], began: float
) -> None:
    """Record a span for each command that came with a trace."""
    for request, outcome in zip(requests, outcomes, strict=True):
        if traceparent := request.get("traceparent"):
            error, version = _parts(outcome)
            tracing.done(
                "sessions.execute", traceparent, began, request_log.outcome(error),
                session=request["session_id"], version=version,
                request_id=request.get("request_id"),
            )


def _parts(outcome: CommandResult | Exception) -> tuple[Exception | None, int | None]:
    if isinstance(outcome, Exception):
        return outcome, None
    return None, outcome["version"]
