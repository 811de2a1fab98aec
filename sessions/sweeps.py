"""What the session service forgets of sessions that have ended, and when.

Import the module, not the class: Nameko's command line takes every class with an entrypoint that
it finds in a service's module for a service.
"""

import logging
from typing import Any

import eventlet
from sqlalchemy import delete, select

from extensions.storage.database import upsert
from extensions.timers import timer
from sessions.models import Audience, Command, Connection, Event, Player, Session, Sweep

_log = logging.getLogger(__name__)

DAY = 86_400.0
# Small enough for moves to go on meanwhile: on SQLite they wait for the end of each transaction.
ARCHIVED_AT_ONCE, ARCHIVINGS = 20, 200
FORGOTTEN_AT_ONCE, FORGETTINGS = 100, 60


class Sweeping:
    """The timers that keep the tables of a session service from growing for ever.

    Any number of instances run them; each takes what no other has in hand.
    """

    @timer(interval=60)
    def archive_ended(self):
        """Move sessions that ended long ago to the archive, where there is one."""
        if self.archive is None:
            return
        before = self.clock() - float(self.config["SESSIONS_KEPT"]) * DAY
        for _ in range(ARCHIVINGS):
            try:
                with self.db.get_session() as session:
                    records = take_ended(session, before, ARCHIVED_AT_ONCE)
                    self.archive.append(records)  # before the commit: what is gone is in a file
            except OSError as error:
                _log.error("No session could be archived, and all stay where they are: %s", error)
                return
            if len(records) < ARCHIVED_AT_ONCE:
                return
            eventlet.sleep(0)

    @timer(interval=60)
    def forget_commands(self):
        """Forget the ids of commands in sessions that ended long ago."""
        before = self.clock() - float(self.config["COMMANDS_KEPT"]) * DAY
        for _ in range(FORGETTINGS):
            with self.db.get_session() as session:
                if forget_commands(session, before, FORGOTTEN_AT_ONCE) < FORGOTTEN_AT_ONCE:
                    return
            eventlet.sleep(0)


def take_ended(session, before: float, limit: int) -> list[dict[str, Any]]:
    """Sessions that ended before the given time, whole, the first first; they are deleted.

    Each is a row of `sessions` with its `events`. Those that others have locked are left out.
    """
    query = (
        select(*Session.__table__.columns)
        .where(Session.ended_at < before)
        .order_by(Session.ended_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    records = [{**row._mapping, "events": []} for row in session.execute(query)]
    by_id = {record["session_id"]: record for record in records}
    if by_id:
        for row in session.execute(_events_of(by_id)):
            event = dict(row._mapping)
            by_id[event.pop("session_id")]["events"].append(event)
        for table in (Event, Command, Player, Connection, Audience, Session):
            session.execute(delete(table).where(table.session_id.in_(by_id)))
    return records


def _events_of(ids):
    query = select(*Event.__table__.columns).where(Event.session_id.in_(ids))
    return query.order_by(Event.session_id, Event.version)


def forget_commands(session, before: float, limit: int) -> int:
    """Forget the commands of so many sessions that ended before the given time; of how many.

    What was forgotten already is not looked at again. 0 where another instance is at it.
    """
    swept = session.scalar(select(Sweep).where(Sweep.id == 1).with_for_update(skip_locked=True))
    if swept is None:
        upsert(session, Sweep, {"id": 1, "commands_until": 0.0})
        return 0  # by this instance, or by the one that has it locked, in the next round
    ended = (
        select(Session.ended_at)
        .where(Session.ended_at > swept.commands_until, Session.ended_at < before)
        .order_by(Session.ended_at)
        .limit(limit)
    )
    moments = session.scalars(ended).all()
    if moments:
        some = select(Session.session_id).where(
            Session.ended_at > swept.commands_until, Session.ended_at <= moments[-1]
        )
        session.execute(delete(Command).where(Command.session_id.in_(some.scalar_subquery())))
        swept.commands_until = moments[-1]
    return len(moments)
