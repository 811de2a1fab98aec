"""Where waiting requests and pairings are kept: in the memory of the process.

A store is one small interface. All its methods are atomic; each takes the time.
"""

import itertools
import random
import secrets
from collections import defaultdict, deque
from dataclasses import dataclass, replace
from typing import Any

from searcher.matching import Request, Windows, estimate, opponent, pairs

WAITS_REMEMBERED = 20


@dataclass(frozen=True)
class Pairing:
    """Two players who have met; kept until the session that they play is known.

    `players` stand in the order of moving, drawn by lot.
    """

    pairing_id: str
    game: str
    options: dict[str, Any]
    players: tuple[str, ...]
    taken_at: float


class MemoryStore:
    """Requests by login and pairings by id, in plain dicts: for a single instance."""

    def __init__(self, windows: Windows, lot: random.Random | None = None):
        self._windows = windows
        self._lot = lot or random.SystemRandom()
        self._requests: dict[str, Request] = {}
        self._pools: dict[str, dict[str, Request]] = defaultdict(dict)
        self._pairings: dict[str, Pairing] = {}
        self._waits: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=WAITS_REMEMBERED))

    def request_of(self, login: str) -> Request | None:
        return self._requests.get(login)

    def pairing_of(self, login: str) -> Pairing | None:
        return next((each for each in self._pairings.values() if login in each.players), None)

    def add(self, request: Request, now: float) -> Pairing | None:
        """Take the request in, and pair it at once where somebody waits for it."""
        pool = self._pools[request.pool]
        other = opponent(request, list(pool.values()), now, self._windows)
        if other is not None:
            return self._pair(other, request, now)
        self._requests[request.login] = pool[request.login] = request
        return None

    def remove(self, login: str, connection_id: str | None = None) -> Request | None:
        """Take a player's request out; given a connection, only where it is that one's."""
        request = self._requests.get(login)
        if request is None or (connection_id and request.connection_id != connection_id):
            return None
        del self._requests[login]
        pool = self._pools[request.pool]
        del pool[login]
        if not pool:
            del self._pools[request.pool]
        return request

    def renew(self, logins: dict[str, str | None], until: float) -> list[str]:
        """Prolong requests, given by login and connection; the logins of those that are none."""
        missing = []
        for login, connection_id in logins.items():
            request = self._requests.get(login)
            if request is None or request.connection_id != connection_id:
                if self.pairing_of(login) is None:
                    missing.append(login)
            else:
                renewed = replace(request, alive_until=until)
                self._requests[login] = self._pools[request.pool][login] = renewed
        return missing

    def pair_all(self, now: float) -> list[Pairing]:
        """Pair whoever meets somebody by now."""
        met = [
            pair for pool in list(self._pools.values())
            for pair in pairs(list(pool.values()), now, self._windows)
        ]
        return [self._pair(one, other, now) for one, other in met]

    def lapsed(self, now: float) -> list[Request]:
        """Take out the requests that nobody has kept alive."""
        gone = [each for each in self._requests.values() if (each.alive_until or now) < now]
        return [request for each in gone if (request := self.remove(each.login))]

    def expired(self, before: float) -> list[Request]:
        """Take out the requests that have waited since before the given time."""
        gone = [each for each in self._requests.values() if each.since <= before]
        return [request for each in gone if (request := self.remove(each.login))]

    def half_way(self, before: float) -> list[Pairing]:
        """Pairings taken before the given time whose session is not known yet."""
        return [each for each in self._pairings.values() if each.taken_at < before]

    def complete(self, pairing_id: str) -> bool:
        """Forget a pairing whose session is known; False where that had been done."""
        return self._pairings.pop(pairing_id, None) is not None

    def searching(self, pool: str) -> int:
        """How many search in a pool."""
        return len(self._pools[pool]) if pool in self._pools else 0

    def estimate(self, pool: str) -> float | None:
        """How long a search in this pool is likely to take."""
        return estimate(list(self._waits[pool])) if pool in self._waits else None

    def _pair(self, one: Request, other: Request, now: float) -> Pairing:
        for each in (one, other):
            self.remove(each.login)
            self._waits[each.pool].append(now - each.since)
        self._bound_waits()
        players = [one.login, other.login]
        self._lot.shuffle(players)
        pairing = Pairing(secrets.token_hex(12), one.game, one.options, tuple(players), now)
        self._pairings[pairing.pairing_id] = pairing
        return pairing

    def _bound_waits(self, most: int = 1000) -> None:
        oldest = itertools.islice(list(self._waits), max(len(self._waits) - most, 0))
        for pool in oldest:
            del self._waits[pool]
