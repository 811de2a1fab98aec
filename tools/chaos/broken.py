"""The session service with a safeguard removed, to see that its loss is noticed.

It replies, and only then commits. Run in place of sessions.service by `--safeguard-removed commit`.
"""

import eventlet
from eventlet.event import Event

from extensions.errors import ServiceError
from sessions import service, storage
from sessions.batch import Batch

LATE = 0.5  # seconds from the reply to the commit


class HastySessionsService(service.SessionsService):
    """Acknowledges what is not durable yet."""

    name = "sessions"

    def _execute(self, requests):
        decided = Event()
        eventlet.spawn_n(self._decide_hastily, requests, decided)
        answers = decided.wait()
        if isinstance(answers, Exception):
            raise answers
        return answers

    def _decide_hastily(self, requests, decided):
        answers = None
        try:
            # No session of the worker's, which would end with it.
            with self.db.Session(close_on_exit=True) as session:
                batch = Batch.load(session, self.arena, requests, self.clock())
                answers = [batch.answer(request) for request in requests]
                notices = self._save(session, batch.changes)
                storage.remember(session, batch.remembered)
                decided.send(answers)
                eventlet.sleep(LATE)
            self.outbox.send(notices)
        except ServiceError as error:
            if answers is None:
                decided.send(error)
