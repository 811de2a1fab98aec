"""The ready check: players who have met say that they are there, before a session begins.

Pure decisions: no I/O, no clock.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from searcher.search import Search

# Who misses a proposal has a pause before the next search, which doubles with each further one.
FIRST_PAUSE_SECONDS, MAX_PAUSE_DOUBLINGS = 15.0, 6  # 16 minutes in the end
FORGIVEN_AFTER_SECONDS = 3600.0  # since the last pause, without another miss


@dataclass(frozen=True)
class Proposal:
    """Searches that have met, and which of the players have accepted so far.

    It lapses at the deadline, unless all have. Nobody can have missed it before it is noted that
    it was `announced` to them.
    """

    proposal_id: str
    searches: tuple[Search, ...]
    proposed_at: float
    deadline: float
    accepted: frozenset[str] = frozenset()
    announced: bool = False

    @property
    def players(self) -> tuple[str, ...]:
        return tuple(search.login for search in self.searches)

    @property
    def pool(self) -> str:
        return self.searches[0].pool

    @property
    def is_accepted(self) -> bool:
        """Tell whether all have accepted."""
        return self.accepted.issuperset(self.players)

    @property
    def ends_at(self) -> float:
        """Return when it lapses by itself: at the deadline, or as soon as a player is gone."""
        leases = [each.alive_until for each in self.searches if each.alive_until is not None]
        return min([self.deadline, *leases])

    def search_of(self, login: str) -> Search:
        """Return a player's search."""
        return next(search for search in self.searches if search.login == login)

    def accept(self, login: str) -> "Proposal":
        """Return the proposal with a player's consent, to whom it must have been announced."""
        return replace(self, accepted=self.accepted | {login}, announced=True)

    def with_leases(self, until: Mapping[str, float | None]) -> "Proposal":
        """Return the proposal with its searches alive until the moments given by login."""
        searches = tuple(
            replace(each, alive_until=until.get(each.login, each.alive_until))
            for each in self.searches
        )
        return replace(self, searches=searches)

    def restart(self, now: float) -> "Proposal":
        """Return the proposal with all of its time before it, as if it had been made now."""
        deadline = self.deadline + now - self.proposed_at
        return replace(self, searches=self._held(now), proposed_at=now, deadline=deadline)

    def missed_by(self, now: float) -> list[str]:
        """Return who was told of it and has not accepted in time."""
        if not self.announced or now < self.deadline:
            return []
        return [login for login in self.players if login not in self.accepted]

    def expire(self, now: float) -> "Lapse | None":
        """Lapse where the deadline has passed or somebody is gone; None where neither is so."""
        gone = [each.login for each in self.searches if each.is_abandoned(now)]
        if now < self.deadline and not gone:
            return None
        return self.lapse([*self.missed_by(now), *gone], now)

    def lapse(self, out: Collection[str], now: float) -> "Lapse":
        """End it with some of the players out; the others search as they did before."""
        back = tuple(each for each in self._held(now) if each.login not in out)
        return Lapse(self, back, tuple(login for login in self.players if login in out))

    def _held(self, now: float) -> tuple[Search, ...]:
        held = now - self.proposed_at
        return tuple(replace(each, held=each.held + held) for each in self.searches)


@dataclass(frozen=True)
class Lapse:
    """A proposal that has lapsed: the searches that go on, and the logins of who is out."""

    proposal: Proposal
    back: tuple[Search, ...]
    out: tuple[str, ...]


@dataclass(frozen=True)
class Misses:
    """How often in a row a player has missed a proposal, and until when no search is begun."""

    count: int
    until: float

    @property
    def forgiven_at(self) -> float:
        return self.until + FORGIVEN_AFTER_SECONDS


def miss(before: Misses | None, now: float) -> Misses:
    """Return what is held against a player who has missed a proposal now."""
    count = 1 if before is None or before.forgiven_at <= now else before.count + 1
    return Misses(count, now + FIRST_PAUSE_SECONDS * 2 ** min(count - 1, MAX_PAUSE_DOUBLINGS))


def pause_seconds(misses: Misses | None, now: float) -> float:
    """Return how long a player may not search yet, rounded up to thousandths."""
    return 0.0 if misses is None else max(math.ceil((misses.until - now) * 1000) / 1000, 0.0)
