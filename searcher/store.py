"""Where waiting requests, proposals and pairings are kept: in the memory of the process.

A store is one small interface. All its methods are atomic; each takes the time.
"""

import itertools
import random
import secrets
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from extensions.errors import RateLimited
from searcher.avoidance import AbortedPairs
from searcher.exceptions import ProposalNotFound, SearchAlreadyStarted
from searcher.matching import Request, Windows, estimate, opponent, pairs
from searcher.proposals import Missed, Proposals
from searcher.ready_check import Lapse, Proposal
from searcher.waiting import Waiting

WAITS_REMEMBERED = 20


@dataclass(frozen=True)
class Pairing:
    """Two players who have met; kept until the session that they play is known.

    `players` stand in the order of moving, drawn by lot; `since` is when each began to search, and
    `calls` by which call.
    """

    pairing_id: str
    game: str
    options: dict[str, Any]
    players: tuple[str, ...]
    taken_at: float
    since: tuple[float, ...]
    calls: tuple[str | None, ...] = ()

    def waited(self, login: str, now: float) -> float:
        """How long a player has searched."""
        return now - self.since[self.players.index(login)]

    def call_of(self, login: str) -> str | None:
        """By which call a player began to search, where that is known."""
        return dict(zip(self.players, self.calls, strict=False)).get(login)


Meeting: TypeAlias = Pairing | Proposal


class MemoryStore:
    """Requests by login, proposals and pairings by id, in plain dicts: for a single instance.

    With a `ready_check`, in seconds, who meets is proposed to each other first, and paired when
    both have accepted.
    """

    def __init__(
        self, windows: Windows, lot: random.Random | None = None, ready_check: float = 0.0
    ):
        self.windows = windows
        self._lot = lot or random.SystemRandom()
        self._ready_check = ready_check
        self._waiting = Waiting()
        self._proposals = Proposals()
        self._missed = Missed()
        self._aborted = AbortedPairs()
        self._pairings: dict[str, Pairing] = {}
        self._waits: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=WAITS_REMEMBERED))

    # How searches stand

    def request_of(self, login: str) -> Request | None:
        """What a player searches for, in the queue or while a proposal stands."""
        proposal = self._proposals.of(login)
        return proposal.of(login) if proposal else self._waiting.of(login)

    def pairing_of(self, login: str) -> Pairing | None:
        """The pairing of a player whose session is not known yet."""
        return next((each for each in self._pairings.values() if login in each.players), None)

    def searching(self, pool: str) -> int:
        """How many search in a pool, with those for whom a proposal stands."""
        proposed = sum(2 for each in self._proposals if each.pool == pool)
        return proposed + len(self._waiting.pool(pool))

    def waiting(self) -> list[Request]:
        """All who wait, of every pool."""
        return [request for pool in self._waiting.pools() for request in pool]

    def proposals(self) -> int:
        """How many proposals stand."""
        return sum(1 for _ in self._proposals)

    def estimate(self, pool: str) -> float | None:
        """How long a search in this pool is likely to take."""
        return estimate(list(self._waits[pool])) if pool in self._waits else None

    # Beginning a search, keeping it alive, ending it

    def add(self, request: Request, now: float) -> Meeting | None:
        """Take the request in; where somebody waits for it, the two meet at once.

        Raises SearchAlreadyStarted, and RateLimited in the pause after a missed proposal.
        """
        login = request.login
        if self._searches(login):
            raise SearchAlreadyStarted.of(f"{login} searches for an opponent already", login=login)
        if pause := self._missed.pause(login, now):
            raise RateLimited.of(
                f"{login} has missed a proposal, and may not search yet", retry_after=pause
            )
        waiting = self._waiting.pool(request.pool)
        other = opponent(request, waiting, now, self.windows, self._aborted)
        self._waiting.put(request)
        return self._meet(other, request, now) if other else None

    def remove(self, login: str, connection_id: str | None = None) -> Request | None:
        """Take a player's request out of the queue; given a connection, only where it is its."""
        request = self._waiting.of(login)
        if request is None or (connection_id and request.connection_id != connection_id):
            return None
        return self._waiting.take(login)

    def renew(self, logins: dict[str, str | None], until: float) -> list[str]:
        """Prolong requests, given by login and connection; the logins of those that are none."""
        missing = []
        for login, connection_id in logins.items():
            request, proposal = self.request_of(login), self._proposals.of(login)
            if request is None or request.connection_id != connection_id:
                if proposal is None and self.pairing_of(login) is None:
                    missing.append(login)
            elif proposal is not None:
                self._proposals.put(proposal.renew(login, until))
            else:
                self._waiting.prolong(login, until)
        return missing

    def lapsed(self, now: float) -> list[Request]:
        """Take out of the queue the requests that nobody has kept alive."""
        return self._waiting.take_all(lambda request: request.is_dead(now))

    def expired(self, before: float) -> list[Request]:
        """Take out of the queue those who have waited since before the given time."""
        return self._waiting.take_all(lambda request: request.since + request.held <= before)

    def put_back(self, requests: Iterable[Request]) -> None:
        """Put requests into the queue again, unless their players search anew."""
        for request in requests:
            if not self._searches(request.login):
                self._waiting.put(request)

    # Bringing together

    def pair_all(self, now: float) -> list[Meeting]:
        """Have all meet who do by now."""
        self._aborted.forget(now)
        met = [
            pair for pool in self._waiting.pools()
            for pair in pairs(pool, now, self.windows, self._aborted)
        ]
        return [self._meet(one, other, now) for one, other in met]

    def half_way(self, before: float) -> list[Pairing]:
        """Pairings taken before the given time whose session is not known yet."""
        return [each for each in self._pairings.values() if each.taken_at < before]

    def complete(self, pairing_id: str) -> bool:
        """Forget a pairing whose session is known; False where that had been done."""
        return self._pairings.pop(pairing_id, None) is not None

    def note_ended(
        self, players: Iterable[str], session_id: str, aborted: bool, now: float
    ) -> None:
        """Note how a session of two players has ended: who abort too often are kept apart."""
        self._aborted.note(frozenset(players), session_id, aborted, now)

    # The ready check

    def note_told(self, proposal_id: str) -> None:
        """Note that the players of a proposal have been told of it."""
        proposal = self._proposals.get(proposal_id)
        if proposal is not None:
            self._proposals.put(replace(proposal, told=True))

    def untold(self, before: float, now: float) -> list[Proposal]:
        """Have the proposals of before a given time begin anew of which nobody may have been told.
        """
        found = [
            each.begin_anew(now) for each in self._proposals
            if not each.told and each.proposed_at < before
        ]
        for each in found:
            self._proposals.put(each)
        return found

    def accept(self, login: str, proposal_id: str, now: float) -> Pairing | None:
        """Note that a player accepts; the pairing, for the one whose consent was the last.

        Accepting again changes nothing. Raises ProposalNotFound.
        """
        proposal = self._proposals.get(proposal_id)
        if proposal is None or login not in proposal.players or proposal.deadline <= now:
            if self._proposals.was_accepted(login, proposal_id, now):
                return None
            raise ProposalNotFound.of(
                f"No proposal {proposal_id} stands for {login}", proposal_id=proposal_id
            )
        proposal = proposal.accept(login)
        self._proposals.put(proposal)
        if not proposal.is_accepted:
            return None
        self._proposals.take_accepted(proposal, now)
        return self._pair(proposal_id, *proposal.requests, now)

    def decline(self, login: str, connection_id: str | None, now: float) -> Lapse | None:
        """Have the proposal lapse that stands for a player, where `remove` would end a search."""
        proposal = self._proposals.of(login)
        if proposal is None:
            return None
        if connection_id and proposal.of(login).connection_id != connection_id:
            return None
        return self._end(proposal.lapse([login], now))

    def unready(self, now: float) -> list[Lapse]:
        """Have the proposals lapse whose deadline has passed, or somebody of which has gone."""
        self._missed.forgive(now)
        lapses = []
        for proposal in self._proposals:
            for login in proposal.missed_by(now):
                self._missed.note(login, now)
            if lapse := proposal.unready(now):
                lapses.append(self._end(lapse))
        return lapses

    def withdraw(self, proposal_id: str, now: float) -> Lapse | None:
        """Have a proposal lapse for which nobody is to be blamed: both go on searching."""
        proposal = self._proposals.get(proposal_id)
        return self._end(proposal.lapse([], now)) if proposal else None

    # Inside

    def _searches(self, login: str) -> bool:
        return self.request_of(login) is not None or self.pairing_of(login) is not None

    def _meet(self, one: Request, other: Request, now: float) -> Meeting:
        for each in (one, other):
            self._waiting.take(each.login)
        meeting_id = secrets.token_hex(12)
        if not self._ready_check:
            return self._pair(meeting_id, one, other, now)
        proposal = Proposal(meeting_id, (one, other), now, now + self._ready_check)
        self._proposals.put(proposal)
        return proposal

    def _pair(self, pairing_id: str, one: Request, other: Request, now: float) -> Pairing:
        requests = [one, other]
        for each in requests:
            self._waits[each.pool].append(now - each.since)
        self._bound_waits()
        self._lot.shuffle(requests)
        pairing = Pairing(
            pairing_id, one.game, one.options, tuple(each.login for each in requests), now,
            tuple(each.since for each in requests), tuple(each.call_id for each in requests),
        )
        self._pairings[pairing_id] = pairing
        return pairing

    def _end(self, lapse: Lapse) -> Lapse:
        self._proposals.take(lapse.proposal)
        for request in lapse.back:
            self._waiting.put(request)
        return lapse

    def _bound_waits(self, most: int = 1000) -> None:
        oldest = itertools.islice(list(self._waits), max(len(self._waits) - most, 0))
        for pool in oldest:
            del self._waits[pool]
