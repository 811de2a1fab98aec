"""Rules that sessions need and that are not installed everywhere, and when any instance had them.

Time in which no instance has the rules of a session is held against nobody.
"""

from collections.abc import Collection

from sqlalchemy import delete, func, literal, select, tuple_, update
from sqlalchemy.orm import Session as DatabaseSession

from extensions.storage.database import upsert
from sessions.game_registry import Rules
from sessions.match import ACTIVE
from sessions.models import MissingRules, SessionRow

# A shorter one counts as time: instances note every 5 seconds that they have them.
TOLERATED_SECONDS = 15.0


class MissingRulesRepository:
    """Which rules active sessions need, and which of them were missing, in one transaction."""

    def __init__(self, database: DatabaseSession) -> None:
        self._database = database

    def needed(self) -> list[Rules]:
        """Return the rules that active sessions are played by."""
        is_active = SessionRow.status == literal(ACTIVE, literal_execute=True)
        query = select(SessionRow.game, SessionRow.game_version).where(is_active).distinct()
        return [(game, version) for game, version in self._database.execute(query)]

    def note(self, missing: Collection[Rules], now: float) -> None:
        """Note that rules are missing here; where that is known, nothing changes."""
        for game, version in sorted(missing):
            values = {"game": game, "game_version": version, "seen_at": now}
            upsert(self._database, MissingRules, values)

    def take_back(self, installed: dict[int, list[str]], now: float) -> dict[Rules, float]:
        """Note which missing rules are installed here; return the seconds that they were missing.
        """
        if not self._database.scalar(select(func.count()).select_from(MissingRules)):
            return {}
        found: dict[Rules, float] = {}
        for row in self._database.scalars(select(MissingRules).with_for_update()):
            if row.game in installed.get(row.game_version, ()):
                if now - row.seen_at > TOLERATED_SECONDS:
                    found[row.game, row.game_version] = now - row.seen_at
                row.seen_at = max(row.seen_at, now)
        return found

    def missed(self, now: float) -> dict[Rules, float]:
        """Return for how many seconds rules have been missing so far."""
        rows = self._database.scalars(
            select(MissingRules).where(MissingRules.seen_at < now - TOLERATED_SECONDS)
        )
        return {(row.game, row.game_version): now - row.seen_at for row in rows}

    def forget(self, needed: Collection[Rules]) -> None:
        """Forget rules that no active session needs."""
        key = tuple_(MissingRules.game, MissingRules.game_version)
        self._database.execute(delete(MissingRules).where(key.not_in(list(needed))))

    def postpone(self, seconds: float) -> None:
        """Leave out of the time without rules these seconds, in which no instance ran."""
        self._database.execute(
            update(MissingRules).values(seen_at=MissingRules.seen_at + seconds)
        )
