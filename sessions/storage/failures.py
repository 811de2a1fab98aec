"""The failures of games that instances have stored, so that all suspend what has failed."""

from collections.abc import Iterable
from dataclasses import asdict, astuple

from sqlalchemy import delete
from sqlalchemy.orm import Session as DatabaseSession

from extensions.storage.database import advisory_lock, upsert
from extensions.storage.pipeline import Pipeline
from sessions.models import GameFailure
from sessions.suspensions import FORGOTTEN_AFTER_SECONDS, Failure

SELECT_FAILURES = "SELECT game, session_id, number, failed_at, until FROM session_game_failures"


def failures(pipeline: Pipeline) -> list[Failure]:
    """Return all that is stored."""
    return [Failure(*row) for row in pipeline.read_only(SELECT_FAILURES, ())]


class FailureRepository:
    """Failures of games, in one transaction."""

    def __init__(self, database: DatabaseSession) -> None:
        self._database = database

    def save(self, failures: Iterable[Failure]) -> None:
        """Store failures; what was suspended for longer stays so."""
        advisory_lock(self._database, GameFailure.__tablename__)
        for failure in sorted(failures, key=astuple):
            values = asdict(failure)
            key = {name: values[name] for name in ("game", "session_id")}
            row = self._database.get(GameFailure, key, populate_existing=True)
            if row is not None:
                values["until"] = max(failure.until, row.until)
            upsert(self._database, GameFailure, values, ("number", "failed_at", "until"))

    def forget(self, now: float) -> None:
        """Delete what is over."""
        self._database.execute(delete(GameFailure).where(
            GameFailure.until < now, GameFailure.failed_at < now - FORGOTTEN_AFTER_SECONDS
        ))
