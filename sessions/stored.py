"""What every part of a session service needs: sessions as they are stored, and their events."""

import logging

import eventlet

from sessions import exceptions, schemas, storage

_log = logging.getLogger(__name__)


class Stored:
    """Looks up sessions, and stores with what has happened in them what is to be announced."""

    def _require(self, session, session_id, lock=False):
        match = storage.load(session, self.arena, [session_id], lock).get(session_id)
        if match is None:
            raise exceptions.SessionNotFound.of(
                f"There is no session {session_id}", session_id=session_id
            )
        return match

    def _shown(self, match, viewer, stored):
        """Stored events as this viewer may see them. Not to be called within a transaction.

        A game may take a millisecond for each: others are served in between.
        """
        shown = []
        for event in stored:
            shown.append(schemas.event(match, event, viewer))
            eventlet.sleep(0)
        return shown

    def _summaries(self, matches, present):
        """The matches as they stand in a list, without those whose games fail."""
        shown = []
        for match in matches:
            try:
                shown.append(schemas.summary(match, present[match.session_id]))
            except Exception:
                _log.exception("The session %s could not be listed", match.session_id)
        return shown

    def _save(self, session, changes):
        return self._store(session, [
            (match, happened, schemas.notices(match, happened))
            for match, happened in changes if happened
        ])

    def _decide(self, match, decision, *arguments):
        """A match, what a decision has it come to, and the notices; None where its game fails.

        A fault of one game is to touch no session of another.
        """
        try:
            happened = decision(*arguments)
            return match, happened, schemas.notices(match, happened)
        except Exception:
            _log.exception("The session %s could not be decided", match.session_id)
            return None

    def _store(self, session, decided):
        storage.save(session, [(match, happened) for match, happened, _ in decided])
        notices = [notice for _, _, told in decided for notice in told]
        self.outbox.record(session, notices)
        return notices
