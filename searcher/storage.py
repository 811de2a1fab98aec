"""Where searches, proposals and pairings are kept, and how they change.

Every change is one step over the tables: it reads, decides by pure functions, and is committed if
all that it has read is still so. So any number of instances may share what is kept.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from extensions.errors import RateLimited
from searcher import candidates, meetings, proposals, queue
from searcher.aborted_pairs import AbortedPairs
from searcher.counting import count_searching
from searcher.exceptions import SearchAlreadyStarted
from searcher.interruption import until_storage_fails
from searcher.matching import Windows
from searcher.meetings import Meeting, Meetings
from searcher.models import LEASES, LOOKS, PAIRING_STARTS, PAIRINGS, PLAYERS, SEARCH_STARTS
from searcher.pairing import Pairing
from searcher.proposal_outcomes import ProposalOutcomes
from searcher.proposal_store import ProposalStore
from searcher.row_json import PAIRED, PROPOSED, WAITING
from searcher.search import Search
from searcher.statistics import Statistics, statistics
from searcher.tables import Span, Step, Tables
from searcher.wait_times import WaitTimes

RENEWED_TOGETHER = 100  # searches in one step
MATCHED_TOGETHER = 100

Item = TypeVar("Item")


class SearchStore:
    """Searches in the queue, in proposals and in pairings.

    With a `ready_check`, in seconds, who meets is proposed to each other first, and paired when
    all have accepted. All methods raise StorageAway where the tables can't be reached.
    """

    def __init__(
        self, tables: Tables, windows: Windows, lot: random.Random | None = None,
        ready_check: float = 0.0,
    ):
        self.windows = windows
        self._tables = tables
        self._meetings = Meetings(lot or random.SystemRandom(), ready_check)
        self._wait_times = WaitTimes(tables)
        self._outcomes = ProposalOutcomes(tables)
        self.proposals = ProposalStore(
            tables, self._meetings, self._outcomes, self._wait_times
        )
        self.aborted = AbortedPairs(tables)

    def is_empty(self) -> bool:
        """Tell whether nobody searches and nothing is left of a search, in one round trip."""
        return not self._tables.names("")

    # How searches stand

    def search_of(self, login: str) -> Search | None:
        """Return what a player searches for, in the queue or while a proposal stands."""

        def decide(step: Step) -> Search | None:
            place = step.get(PLAYERS, login)
            if place and place.kind == PROPOSED:
                proposal = proposals.find(step, place.name)
                return proposal.search_of(login) if proposal else None
            return queue.find_at(step, login, place) if place and place.kind == WAITING else None

        return self._tables.change(decide)

    def pairing_of(self, login: str) -> Pairing | None:
        """Return the pairing of a player whose session is not known yet."""

        def decide(step: Step) -> Pairing | None:
            place = step.get(PLAYERS, login)
            return step.get(PAIRINGS, place.name) if place and place.kind == PAIRED else None

        return self._tables.change(decide)

    def count_searching(self, search: Search, now: float) -> int:
        """Count who searches for the same, but for those who are kept apart from the player."""
        return count_searching(self._tables, search, now)

    def estimate(self, pool: str) -> float | None:
        """Return how many seconds a search in this pool is likely to take."""
        return self._wait_times.estimate(pool)

    def statistics(self) -> Statistics:
        """Count who waits, by game, and the proposals that stand."""
        return statistics(self._tables)

    # Beginning a search, keeping it alive, ending it

    def add(self, search: Search, now: float) -> Meeting | None:
        """Add a search; where enough others wait for it, they meet at once.

        The same request, made again, is answered as before. Raises SearchAlreadyStarted, and
        RateLimited in the pause after a missed proposal.
        """
        login = search.login

        def decide(step: Step) -> Meeting | None:
            if step.get(PLAYERS, login):
                raise SearchAlreadyStarted.of(
                    f"{login} searches for an opponent already", login=login
                )
            if pause := self._outcomes.pause_seconds(login, now):
                raise RateLimited.of(
                    f"{login} has missed a proposal, and may not search yet", retry_after=pause
                )
            queue.put(step, search)
            chosen = candidates.choose_groups(step, [search], now, self.windows)
            return self._meetings.meet(step, chosen[0], now) if chosen else None

        try:
            met = self._tables.change(decide)
        except SearchAlreadyStarted:
            if not self._was_started_by(login, search.request_id):
                raise
            return self.pairing_of(login)
        self._note_waits(met)
        return met

    def remove(self, login: str, connection_id: str | None = None) -> Search | None:
        """Take a player's search out of the queue; given a connection, only where it is its."""

        def is_meant(search: Search) -> bool:
            return not connection_id or search.connection_id == connection_id

        return self._tables.change(partial(queue.remove_if, login=login, condition=is_meant))

    def renew(self, connections: Mapping[str, str | None], until: float) -> list[str]:
        """Prolong searches, given by login and connection; return who has none there."""
        missing: list[str] = []
        for some in _batches(list(connections), RENEWED_TOGETHER):
            given = {login: connections[login] for login in some}
            renew = partial(proposals.renew_searches, connections=given, until=until)
            missing += self._tables.change(renew)
        return missing

    def drop_abandoned(self, now: float) -> list[Search]:
        """Take out of the queue the searches that nobody has kept alive."""
        return self._remove_all(Span(LEASES, high=now), lambda search: search.is_abandoned(now))

    def expire_searches(self, before: float) -> list[Search]:
        """Take out of the queue those who have waited since before the given time."""
        return self._remove_all(
            Span(SEARCH_STARTS, high=before), lambda search: search.has_expired(before)
        )

    def put_back(self, searches: Iterable[Search]) -> None:
        """Put searches into the queue again, unless their players search anew."""
        for search in searches:
            self._tables.change(partial(queue.put_if_absent, search=search))

    # Bringing together

    @until_storage_fails
    def match_all(self, now: float) -> Iterator[Meeting]:
        """Match every compatible pair or group."""
        if self.is_empty():
            return
        self.aborted.forget_old(now)
        for pool, logins in sorted(self._due_to_look(now).items()):
            for some in _batches(logins, MATCHED_TOGETHER):
                match = partial(self._match, pool=pool, logins=some, now=now)
                for met in self._tables.change(match):
                    self._note_waits(met)
                    yield met

    def unfinished(self, before: float) -> list[Pairing]:
        """Return the pairings of before the given time whose session is not known yet."""
        found = self._tables.keys(Span(PAIRING_STARTS, high=before))
        rows = [pairing for _, pairing in self._tables.fetch(PAIRINGS, found)]
        return [pairing for pairing in rows if pairing and pairing.taken_at < before]

    def complete(self, pairing_id: str) -> bool:
        """Forget a pairing whose session is known; return False where that had been done."""
        return self._tables.change(partial(meetings.complete, pairing_id=pairing_id))

    # Inside

    def _was_started_by(self, login: str, request_id: str | None) -> bool:
        """Tell whether a player's search was started by this request."""
        search, pairing = self.search_of(login), self.pairing_of(login)
        known = (search.request_id,) if search else pairing.request_ids if pairing else ()
        return request_id is not None and request_id in known

    def _due_to_look(self, now: float) -> dict[str, list[str]]:
        """Return who has to look for opponents by now, by pool."""
        logins = self._tables.keys(Span(LOOKS, high=now))
        by_pool: dict[str, list[str]] = defaultdict(list)
        places = self._tables.fetch(PLAYERS, logins)
        for login, (_, place) in zip(logins, places, strict=True):
            if place and place.kind == WAITING:
                by_pool[place.name].append(login)
        return by_pool

    def _match(self, step: Step, pool: str, logins: Sequence[str], now: float) -> list[Meeting]:
        searches = candidates.due(step, pool, logins)
        chosen = candidates.choose_groups(step, searches, now, self.windows)
        return [self._meetings.meet(step, group, now) for group in chosen]

    @until_storage_fails
    def _remove_all(self, span: Span, condition: Callable[[Search], bool]) -> Iterator[Search]:
        for login in self._tables.keys(span):
            remove = partial(queue.remove_if, login=login, condition=condition)
            if search := self._tables.change(remove):
                yield search

    def _note_waits(self, met: Meeting | None) -> None:
        if isinstance(met, Pairing):
            self._wait_times.record(met)


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]
