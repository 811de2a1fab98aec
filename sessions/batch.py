"""Decides commands by the batch: one transaction for all, each with an answer of its own."""

from dataclasses import dataclass, field
from typing import Any

from extensions import request_id
from extensions.errors import ServiceError
from extensions.observability import request_log, tracing
from extensions.outbox.outbox import OutboxMessage
from sessions import commands, schemas, storage
from sessions.commands import Command
from sessions.exceptions import NotAPlayer, SessionNotFound
from sessions.match import Match, SessionEvent

Answer = dict[str, Any] | ServiceError


@dataclass
class Batch:
    """The matches that the commands are for, locked, and what the commands do to them."""

    matches: dict[str, Match]
    answered: dict[tuple[str, str, str], int]
    now: float
    changes: list[tuple[Match, list[SessionEvent]]] = field(default_factory=list)
    notices: list[OutboxMessage] = field(default_factory=list)
    remembered: list[tuple[tuple[str, str, str], int]] = field(default_factory=list)

    @classmethod
    def load(cls, session, arena, requests: list[dict[str, Any]], now: float) -> "Batch":
        ids = {request["session_id"] for request in requests}
        matches = storage.load(session, arena, ids, lock=True)
        # After the lock: whoever held it before may have answered one of these.
        known = storage.answered(session, ids, {request["command_id"] for request in requests})
        return cls(matches, known, now)

    def answer(self, command: dict[str, Any]) -> Answer:
        """Decide one command: what it is answered, or why it is refused."""
        try:
            with request_id.scope(command.get("call_id") or request_id.current()):
                version = self._decide(command)
        except ServiceError as refusal:
            return refusal
        return {"version": version, "command_id": command["command_id"]}

    def _decide(self, command: dict[str, Any]) -> int:
        login, session_id = command["login"], command["session_id"]
        match = self.matches.get(session_id)
        if match is None:
            raise SessionNotFound.of(f"There is no session {session_id}", session_id=session_id)
        if login not in match.players:
            raise NotAPlayer.of(
                f"{login} is no player of the session {session_id}", session_id=session_id
            )
        key = (session_id, login, command["command_id"])
        if key not in self.answered:
            version = self._apply(match, _command(command))
            self.answered[key] = version
            self.remembered.append((key, version))
        return self.answered[key]

    def _apply(self, match: Match, command: Command) -> int:
        self._change(match, commands.expire_clock(match, command, self.now))
        decision = commands.decide(match, command, self.now)
        self._change(match, decision.events)
        return decision.version

    def _change(self, match: Match, happened: list[SessionEvent]) -> None:
        if happened:
            self.changes.append((match, happened))
            self.notices += schemas.notices(match, happened)


def trace_commands(
    requests: list[dict[str, Any]], answers: list[Answer], began: float
) -> None:
    """Record that commands have been decided and stored, each in the trace that it came by."""
    for request, answer in zip(requests, answers, strict=True):
        if parent := request.get("traceparent"):
            refusal = answer if isinstance(answer, ServiceError) else None
            tracing.done(
                "sessions.execute", parent, began, request_log.outcome(refusal),
                session=request["session_id"], version=None if refusal else answer["version"],
                request_id=request.get("call_id"),
            )


def note_commands(
    requests: list[dict[str, Any]], answers: list[dict[str, Any] | Exception]
) -> None:
    """Log what became of each command, as a line of the call that it came by."""
    for request, answer in zip(requests, answers, strict=True):
        refusal = answer if isinstance(answer, Exception) else None
        request_log.log_event(
            "command", request_id=request.get("call_id"), session=request["session_id"],
            login=request["login"], outcome=request_log.outcome(refusal),
            type=commands.command_type(request["command"]),
            version=None if refusal else answer["version"],
        )


def _command(request: dict[str, Any]) -> Command:
    return Command(
        request["login"], request["command"], request.get("version"), request.get("arrived"),
        request.get("round_trip") or 0.0,
    )
