"""What every part of a session service needs: sessions as they are stored, and their events."""

from sessions import exceptions, schemas, storage


class Stored:
    """Looks up sessions, and stores with what has happened in them what is to be announced."""

    def _require(self, session, session_id, lock=False):
        match = storage.load(session, self.arena, [session_id], lock).get(session_id)
        if match is None:
            raise exceptions.SessionNotFound.of(
                f"There is no session {session_id}", session_id=session_id
            )
        return match

    def _events(self, session, match, viewer, since):
        stored = storage.events_since(session, match.session_id, since)
        return [schemas.event(match, event, viewer) for event in stored]

    def _snapshot(self, session, match, viewer, since):
        presence = storage.presence(session, [match.session_id])[match.session_id]
        return {
            "session": schemas.session(match, viewer, presence, self.clock()),
            "events": [] if since is None else self._events(session, match, viewer, since),
        }

    def _save(self, session, changes):
        changes = [(match, happened) for match, happened in changes if happened]
        storage.save(session, changes)
        notices = [
            notice for match, happened in changes for notice in schemas.notices(match, happened)
        ]
        self.announcer.record(session, notices)
        return notices
