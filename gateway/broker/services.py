"""The services as the gateway's handlers call them."""

import logging
import time

from nameko.exceptions import RemoteError

from extensions.errors import StorageAway
from extensions.rpc.client import ClusterRpcProxy
from extensions.rpc.policy import UNANSWERED_ERRORS
from gateway.protocol.errors import Unavailable
from sessions.exceptions import GameNotFound

_log = logging.getLogger(__name__)

NAMES = ("accounts", "auth", "private_rooms", "rooms", "searcher", "sessions")
# What a service has raised whose own call to another was not answered.
UNANSWERED_THERE = ("RpcTimeout", "UnknownService")
GAMES_KEPT = 5.0
GAMES_KNOWN_FOR = 2.0


class Service:
    """One service: its methods, each of which raises Unavailable where it is not answered."""

    def __init__(self, name: str, proxy):
        self._name, self._proxy = name, proxy

    def __getattr__(self, method: str):
        call = getattr(self._proxy, method)

        def answered(*arguments, **named):
            try:
                return call(*arguments, **named)
            except (*UNANSWERED_ERRORS, StorageAway, RemoteError) as error:
                if getattr(error, "exc_type", None) not in (None, *UNANSWERED_THERE):
                    raise
                _log.warning("%s.%s was not answered: %r", self._name, method, error)
                raise Unavailable.of(
                    f"The {self._name} service does not answer: try again in a moment",
                    service=self._name,
                ) from None

        return answered


class Services:
    """All services, over one RPC link that any number of greenthreads share."""

    def __init__(self, config):
        self._cluster = ClusterRpcProxy(config)
        self.health = self._cluster.health

    def reachable(self) -> bool:
        """Whether the broker can be reached, tried just now."""
        return self._cluster.reachable()

    def start(self) -> None:
        """Connect; blocks until the broker answers."""
        self._proxy = self._cluster.start()
        for name in NAMES:
            setattr(self, name, Service(name, self._proxy[name]))

    def ping(self, name: str) -> dict:
        """What a service says of itself; raises whatever the call does, and logs nothing."""
        return self._proxy[name].ping()


class Games:
    """The games that can be played, as the session service last told."""

    def __init__(self, services: Services):
        self._services = services
        self._games: list[dict] = []
        self._asked_at = float("-inf")

    def all(self) -> list[dict]:
        if time.monotonic() - self._asked_at > GAMES_KEPT:
            self._ask()
        return self._games

    def names(self) -> list[str]:
        return [game["name"] for game in self.all()]

    def require(self, name: str | None) -> None:
        """Raise GameNotFound for a name that no game has; None is all right."""
        if name is None or name in self.names():
            return
        if time.monotonic() - self._asked_at > GAMES_KNOWN_FOR:
            self._ask()  # it may just have been installed
        if name in self.names():
            return
        raise GameNotFound.of(f"There is no game {name}", game=name)

    def _ask(self) -> None:
        try:
            self._games = self._services.sessions.games()
        except Unavailable:
            if not self._games:
                raise
        self._asked_at = time.monotonic()
