"""The queue in memory: requests by their players, and by what they ask for."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from searcher.matching import Request


class Waiting:
    """Who waits for an opponent."""

    def __init__(self) -> None:
        self._requests: dict[str, Request] = {}
        self._pools: dict[str, dict[str, Request]] = defaultdict(dict)

    def of(self, login: str) -> Request | None:
        return self._requests.get(login)

    def pool(self, pool: str) -> list[Request]:
        """Those who ask for the same."""
        return list(self._pools[pool].values()) if pool in self._pools else []

    def pools(self) -> list[list[Request]]:
        return [list(pool.values()) for pool in self._pools.values()]

    def put(self, request: Request) -> None:
        self._requests[request.login] = self._pools[request.pool][request.login] = request

    def prolong(self, login: str, until: float) -> None:
        self.put(replace(self._requests[login], alive_until=until))

    def take(self, login: str) -> Request:
        request = self._requests.pop(login)
        pool = self._pools[request.pool]
        del pool[login]
        if not pool:
            del self._pools[request.pool]
        return request

    def take_all(self, which: Callable[[Request], bool]) -> list[Request]:
        """Take out those of which this is true."""
        return [self.take(each.login) for each in list(self._requests.values()) if which(each)]
