"""Decides commands by the batch: one transaction for all, each with an answer of its own."""

from dataclasses import dataclass, field
from typing import Any

from extensions import request_id
from extensions.errors import ServiceError
from extensions.observability import request_log, tracing
from extensions.outbox.outbox import OutboxMessage
from sessions import commands, schemas, storage
from sessions.commands import Order
from sessions.exceptions import NotAPlayer, SessionNotFound
from sessions.match import Event, Match

Answer = dict[str, Any] | ServiceError


@dataclass
class Batch:
    """The matches that the commands are for, locked, and what the commands do to them."""

    matches: dict[str, Match]
    answered: dict[tuple[str, str, str], int]
    now: float
    changes: list[tuple[Match, list[Event]]] = field(default_factory=list)
    notices: list[OutboxMessage] = field(default_factory=list)
    remembered: list[tuple[tuple[str, str, str], int]] = field(default_factory=list)

    @classmethod
    def load(cls, session, arena, orders: list[dict[str, Any]], now: float) -> "Batch":
        ids = {order["session_id"] for order in orders}
        matches = storage.load(session, arena, ids, lock=True)
        # After the lock: whoever held it before may have answered one of these.
        known = storage.answered(session, ids, {order["command_id"] for order in orders})
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
            version = self._apply(match, _order(command))
            self.answered[key] = version
            self.remembered.append((key, version))
        return self.answered[key]

    def _apply(self, match: Match, order: Order) -> int:
        self._change(match, commands.flag(match, order, self.now))
        decision = commands.decide(match, order, self.now)
        self._change(match, decision.events)
        return decision.version

    def _change(self, match: Match, happened: list[Event]) -> None:
        if happened:
            self.changes.append((match, happened))
            self.notices += schemas.notices(match, happened)


def trace_commands(
    orders: list[dict[str, Any]], answers: list[Answer], began: float
) -> None:
    """Record that commands have been decided and stored, each in the trace that it came by."""
    for order, answer in zip(orders, answers, strict=True):
        if parent := order.get("traceparent"):
            refusal = answer if isinstance(answer, ServiceError) else None
            tracing.done(
                "sessions.execute", parent, began, request_log.outcome(refusal),
                session=order["session_id"], version=None if refusal else answer["version"],
                request_id=order.get("call_id"),
            )


def note_commands(
    orders: list[dict[str, Any]], answers: list[dict[str, Any] | Exception]
) -> None:
    """Log what became of each command, as a line of the call that it came by."""
    for order, answer in zip(orders, answers, strict=True):
        refusal = answer if isinstance(answer, Exception) else None
        kind = order["command"].get("type")
        request_log.log_event(
            "command", request_id=order.get("call_id"), session=order["session_id"],
            login=order["login"], outcome=request_log.outcome(refusal),
            type=kind if isinstance(kind, str) and kind in commands.COMMANDS else None,
            version=None if refusal else answer["version"],
        )


def _order(command: dict[str, Any]) -> Order:
    return Order(
        command["login"], command["command"], command.get("version"), command.get("arrived"),
        command.get("round_trip") or 0.0,
    )
