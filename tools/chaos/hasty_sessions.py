"""A session service with a safeguard removed: it replies before it commits.

`--safeguard-removed commit` runs it in place of `sessions.service`, to show that the loss of moves
is found.
"""

from typing import cast

import eventlet
from eventlet.event import Event
from nameko.rpc import rpc
from nameko_sqlalchemy.database import DatabaseWrapper

from extensions.errors import ServiceError
from sessions import service
from sessions.command_batch import CommandBatch, command_key
from sessions.command_processor import CommandProcessor
from sessions.deadline_timer import DeadlineTimer
from sessions.dependencies import Dependencies
from sessions.schemas import CommandAnswer, CommandRequest, CommandResult
from sessions.storage import SessionStore

COMMIT_DELAY_SECONDS = 0.5  # from the reply to the commit

Outcomes = list[CommandResult | ServiceError]


class HastyCommandProcessor(CommandProcessor):
    """Returns outcomes that are not durable yet."""

    @classmethod
    def of(cls, service: Dependencies) -> "HastyCommandProcessor":
        """Return the processor of a service, on a database that outlives the call."""
        database = DatabaseWrapper(cast(DatabaseWrapper, service.db).Session)
        store = SessionStore(
            database, service.outbox, service.registry, service.settings, service.recent_rows
        )
        return cls(store, service.clock, DeadlineTimer.of(service))

    def process(self, requests: list[CommandRequest]) -> Outcomes:
        """Return the outcomes before they are committed."""
        decided = Event()
        eventlet.spawn_n(self._process_hastily, requests, decided)
        outcomes: Outcomes | ServiceError = decided.wait()
        if isinstance(outcomes, Exception):
            raise outcomes
        return outcomes

    def _process_hastily(self, requests: list[CommandRequest], decided: Event) -> None:
        try:
            with self._store.commands() as transaction:
                matches, answered = transaction.load(map(command_key, requests))
                batch = CommandBatch(matches, answered, self._clock())
                outcomes = [batch.answer(request) for request in requests]
                transaction.save(batch.changes, batch.newly_answered)
                decided.send(outcomes)
                eventlet.sleep(COMMIT_DELAY_SECONDS)
        except ServiceError as error:
            if not decided.ready():
                decided.send(error)


class HastySessionsService(service.SessionsService):
    """The session service with a processor of commands that replies too early."""

    name = "sessions"

    @rpc
    def execute_many(self, commands: list[CommandRequest]) -> list[CommandAnswer]:
        return HastyCommandProcessor.of(self).execute_many(commands)
