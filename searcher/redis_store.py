"""Where waiting requests, proposals and pairings are kept: in Redis, for any number of instances.

Where a player is, in the queue, in a proposal or in a pairing, is one value in one table, and each
step from one to the next is a change that is made only if this value is still what it was. So
nobody is ever in two of them, or in two pairings, whatever instances do at once.
"""

import random
import secrets
from collections.abc import Iterable, Iterator

from extensions.errors import RateLimited
from searcher import redis_records as records
from searcher import redis_steps as steps
from searcher.avoidance import KEPT_APART, Aborted
from searcher.exceptions import ProposalNotFound, SearchAlreadyStarted
from searcher.matching import Request, Windows, estimate, opponent, pairs
from searcher.proposals import ACCEPTED_REMEMBERED, pause_of
from searcher.ready_check import FORGIVEN_AFTER, Lapse, Misses, Proposal, miss
from searcher.redis_steps import (
    ABORTED,
    ALIVE,
    APART,
    PAIRED,
    PAIRINGS,
    PLAYERS,
    PROPOSALS,
    PROPOSED,
    WAITING,
)
from searcher.redis_tables import Change, Tables, as_far_as_it_goes
from searcher.store import WAITS_REMEMBERED, Meeting, Pairing

WAITS_KEPT = 86_400.0
RENEWED_AT_ONCE = 100
FORGET_INTERVAL = 60.0  # seconds


class RedisStore:
    """The same as a MemoryStore, to all who use it. Raises StorageAway besides."""

    def __init__(
        self, tables: Tables, windows: Windows, lot: random.Random | None = None,
        ready_check: float = 0.0,
    ):
        self._tables = tables
        self.windows = windows
        self._lot = lot or random.SystemRandom()
        self._ready_check = ready_check
        self._forget_at = 0.0

    # How searches stand

    def request_of(self, login: str) -> Request | None:
        """What a player searches for, in the queue or while a proposal stands."""
        return self._tables.change(lambda change: steps.request_of(change, login))

    def pairing_of(self, login: str) -> Pairing | None:
        """The pairing of a player whose session is not known yet."""
        def find(change):
            place = change.get(PLAYERS, login)
            if not place or place[0] != PAIRED:
                return None
            return records.as_pairing(place[1], change.get(PAIRINGS, place[1]))

        return self._tables.change(find)

    def searching(self, pool: str) -> int:
        """How many search in a pool, with those for whom a proposal stands."""
        proposed = sum(2 for each in self._proposals() if each.pool == pool)
        return proposed + self._tables.count(steps.queue(pool))

    def waiting(self) -> list[Request]:
        """All who wait, of every pool."""
        return [
            records.as_request(stored, None) for pool in self._pools()
            for stored in self._tables.all(steps.queue(pool)).values()
        ]

    def proposals(self) -> int:
        """How many proposals stand."""
        return self._tables.count(PROPOSALS)

    def estimate(self, pool: str) -> float | None:
        """How long a search in this pool is likely to take."""
        return estimate(self._tables.recall(steps.waits(pool)) or [])

    # Beginning a search, keeping it alive, ending it

    def add(self, request: Request, now: float) -> Meeting | None:
        """Take the request in; where somebody waits for it, the two meet at once.

        Raises SearchAlreadyStarted, and RateLimited in the pause after a missed proposal.
        """
        login = request.login

        def decide(change):
            if change.get(PLAYERS, login):
                raise SearchAlreadyStarted.of(
                    f"{login} searches for an opponent already", login=login
                )
            if pause := pause_of(self._misses(login), now):
                raise RateLimited.of(
                    f"{login} has missed a proposal, and may not search yet", retry_after=pause
                )
            waiting = steps.waiting(change, request.pool)
            other = opponent(request, waiting, now, self.windows, self._apart(now))
            steps.put(change, request)
            return self._meet(change, other, request, now) if other else None

        return self._met(self._tables.change(decide), now)

    def remove(self, login: str, connection_id: str | None = None) -> Request | None:
        """Take a player's request out of the queue; given a connection, only where it is its."""
        def decide(change):
            place = change.get(PLAYERS, login)
            if not place or place[0] != WAITING:
                return None
            request = steps.request_of(change, login)
            # Without a request, it was taken between the two looks, and this is asked once more.
            if request is None or (connection_id and request.connection_id != connection_id):
                return None
            steps.take(change, request)
            return request

        return self._tables.change(decide)

    def renew(self, logins: dict[str, str | None], until: float) -> list[str]:
        """Prolong requests, given by login and connection; the logins of those that are none."""
        missing, names = [], list(logins)
        for begin in range(0, len(names), RENEWED_AT_ONCE):
            some = {login: logins[login] for login in names[begin : begin + RENEWED_AT_ONCE]}
            missing += self._tables.change(
                lambda change, some=some: steps.renew(change, some, until)
            )
        return missing

    def lapsed(self, now: float) -> list[Request]:
        """Take out of the queue the requests that nobody has kept alive."""
        until = self._tables.all(ALIVE)
        dead = [login for login, at in until.items() if at < now]
        return self._take_all(dead, lambda request: request.is_dead(now))

    def expired(self, before: float) -> list[Request]:
        """Take out of the queue those who have waited since before the given time."""
        def has_expired(request):
            return request.since + request.held <= before

        old = [
            login for pool in self._pools()
            for login, stored in self._tables.all(steps.queue(pool)).items()
            if has_expired(records.as_request(stored, None))
        ]
        return self._take_all(old, has_expired)

    def put_back(self, requests: Iterable[Request]) -> None:
        """Put requests into the queue again, unless their players search anew."""
        for request in requests:
            self._tables.change(lambda change, request=request: (
                change.get(PLAYERS, request.login) or steps.put(change, request)
            ))

    # Bringing together

    @as_far_as_it_goes
    def pair_all(self, now: float) -> Iterator[Meeting]:
        """Have all meet who do by now."""
        self._forget_aborted(now)
        for pool in self._pools():
            if self._tables.count(steps.queue(pool)) > 1:
                met = self._tables.change(
                    lambda change, pool=pool: [
                        self._meet(change, one, other, now)
                        for one, other in pairs(
                            steps.waiting(change, pool), now, self.windows, self._apart(now)
                        )
                    ]
                )
                yield from met
                for each in met:
                    self._met(each, now)

    def half_way(self, before: float) -> list[Pairing]:
        """Pairings taken before the given time whose session is not known yet."""
        found = [records.as_pairing(*each) for each in self._tables.all(PAIRINGS).items()]
        return sorted(
            (each for each in found if each.taken_at < before), key=lambda each: each.taken_at
        )

    def complete(self, pairing_id: str) -> bool:
        """Forget a pairing whose session is known; False where that had been done."""
        def decide(change):
            stored = change.get(PAIRINGS, pairing_id)
            if stored is None:
                return False
            change.drop(PAIRINGS, pairing_id)
            for login in stored["players"]:
                change.drop(PLAYERS, login)
            return True

        return self._tables.change(decide)

    def note_ended(
        self, players: Iterable[str], session_id: str, aborted: bool, now: float
    ) -> None:
        """Note how a session of two players has ended: who abort too often are kept apart."""
        pair = " ".join(sorted(players))

        def decide(change):
            stored = change.get(ABORTED, pair)
            if not aborted:
                if stored:
                    change.drop(ABORTED, pair)
                    change.drop(APART, pair)
                return
            known = Aborted(tuple(stored[0]), stored[1]) if stored else Aborted()
            after = known.and_then(session_id, now)
            change.put(ABORTED, pair, [after.session_ids, after.at])
            if after.too_often:
                change.put(APART, pair, after.at)

        self._tables.change(decide)

    # The ready check

    def note_told(self, proposal_id: str) -> None:
        """Note that the players of a proposal have been told of it."""
        self._tables.change(lambda change: steps.note_told(change, proposal_id))

    @as_far_as_it_goes
    def untold(self, before: float, now: float) -> Iterator[Proposal]:
        """Have the proposals of before a given time begin anew of which nobody may have been told.
        """
        for each in self._proposals():
            if each.told or each.proposed_at >= before:
                continue
            proposal = self._tables.change(
                lambda change, proposal_id=each.proposal_id: (
                    steps.begin_anew(change, proposal_id, before, now)
                )
            )
            if proposal is not None:
                yield proposal

    def accept(self, login: str, proposal_id: str, now: float) -> Pairing | None:
        """Note that a player accepts; the pairing, for the one whose consent was the last.

        Accepting again changes nothing. Raises ProposalNotFound.
        """
        def decide(change):
            proposal = steps.proposal_of(change, proposal_id)
            if proposal is None or login not in proposal.players or proposal.deadline <= now:
                if self._was_accepted(login, proposal_id, now):
                    return None
                raise ProposalNotFound.of(
                    f"No proposal {proposal_id} stands for {login}", proposal_id=proposal_id
                )
            proposal = proposal.accept(login)
            if not proposal.is_accepted:
                steps.put_proposal(change, proposal)
                return None
            change.drop(PROPOSALS, proposal_id)
            # First, so that nobody is told in between that there is no such proposal.
            self._tables.note(
                f"accepted:{proposal_id}", [proposal.players, now + ACCEPTED_REMEMBERED],
                ACCEPTED_REMEMBERED,
            )
            return self._pair(change, proposal_id, *proposal.requests, now)

        return self._met(self._tables.change(decide), now)

    def decline(self, login: str, connection_id: str | None, now: float) -> Lapse | None:
        """Have the proposal lapse that stands for a player, where `remove` would end a search."""
        def decide(change):
            place = change.get(PLAYERS, login)
            if not place or place[0] != PROPOSED:
                return None
            proposal = steps.proposal_of(change, place[1])
            if proposal is None:
                return None
            if connection_id and proposal.of(login).connection_id != connection_id:
                return None
            return steps.end(change, proposal.lapse([login], now))

        return self._tables.change(decide)

    @as_far_as_it_goes
    def unready(self, now: float) -> Iterator[Lapse]:
        """Have the proposals lapse whose deadline has passed, or somebody of which has gone."""
        for proposal_id in self._tables.all(PROPOSALS):
            missed_by, lapse = self._tables.change(
                lambda change, proposal_id=proposal_id: steps.unready(change, proposal_id, now)
            )
            if lapse:
                yield lapse
            for login in missed_by:
                misses = miss(self._misses(login), now)
                self._tables.note(
                    f"missed:{login}", [misses.count, misses.until],
                    misses.until + FORGIVEN_AFTER - now,
                )

    def withdraw(self, proposal_id: str, now: float) -> Lapse | None:
        """Have a proposal lapse for which nobody is to be blamed: both go on searching."""
        def decide(change):
            proposal = steps.proposal_of(change, proposal_id)
            return steps.end(change, proposal.lapse([], now)) if proposal else None

        return self._tables.change(decide)

    # Inside

    def _pools(self) -> list[str]:
        places = self._tables.all(PLAYERS).values()
        return sorted({place[1] for place in places if place[0] == WAITING})

    def _proposals(self) -> list[Proposal]:
        return [records.as_proposal(*each, {}) for each in self._tables.all(PROPOSALS).items()]

    @as_far_as_it_goes
    def _take_all(self, logins: list[str], which) -> Iterator[Request]:
        for login in logins:
            request = self._tables.change(
                lambda change, login=login: steps.take_if(change, login, which)
            )
            if request is not None:
                yield request

    def _meet(self, change: Change, one: Request, other: Request, now: float) -> Meeting:
        for each in (one, other):
            change.drop(steps.queue(each.pool), each.login)
        meeting_id = secrets.token_hex(12)
        if not self._ready_check:
            return self._pair(change, meeting_id, one, other, now)
        proposal = Proposal(meeting_id, (one, other), now, now + self._ready_check)
        steps.put_proposal(change, proposal)
        for each in proposal.requests:
            change.put(PLAYERS, each.login, [PROPOSED, meeting_id])
        return proposal

    def _pair(
        self, change: Change, pairing_id: str, one: Request, other: Request, now: float
    ) -> Pairing:
        requests = [one, other]
        self._lot.shuffle(requests)
        pairing = Pairing(
            pairing_id, one.game, one.options, tuple(each.login for each in requests), now,
            tuple(each.since for each in requests), tuple(each.call_id for each in requests),
        )
        change.put(PAIRINGS, pairing_id, records.of_pairing(pairing))
        for login in pairing.players:
            change.put(PLAYERS, login, [PAIRED, pairing_id])
            change.drop(ALIVE, login)
        return pairing

    def _met(self, met: Meeting | None, now: float) -> Meeting | None:
        """Note how long those of a pairing have waited: an estimate, which may miss some."""
        if isinstance(met, Pairing):
            pool = Request("", met.game, met.options, 0, None, 0).pool
            waits = self._tables.recall(steps.waits(pool)) or []
            waits += [now - since for since in met.since]
            self._tables.note(steps.waits(pool), waits[-WAITS_REMEMBERED:], WAITS_KEPT)
        return met

    def _misses(self, login: str) -> Misses | None:
        known = self._tables.recall(f"missed:{login}")
        return Misses(*known) if known else None

    def _was_accepted(self, login: str, proposal_id: str, now: float) -> bool:
        players, until = self._tables.recall(f"accepted:{proposal_id}") or ((), now)
        return login in players and now < until

    def _apart(self, now: float) -> set[frozenset[str]]:
        return {
            frozenset(pair.split(" ")) for pair, at in self._tables.all(APART).items()
            if at > now - KEPT_APART
        }

    def _forget_aborted(self, now: float) -> None:
        if now < self._forget_at:
            return
        self._forget_at = now + FORGET_INTERVAL
        for pair, (_, at) in self._tables.all(ABORTED).items():
            if at <= now - KEPT_APART:
                self._tables.change(lambda change, pair=pair: steps.forget_pair(change, pair, now))
