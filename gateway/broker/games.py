"""The games of this server, cached."""

import time
from collections.abc import Mapping, Sequence

from gateway.broker.service_apis import SessionsApi
from gateway.protocol.errors import Unavailable
from gateway.protocol.results import DrawnGame, GameInfo
from sessions.exceptions import GameNotFound

CACHE_SECONDS = 5.0
MISSING_GAME_CACHE_SECONDS = 2.0  # a game that is missing may just have been installed


class Games:
    """The games that the session service can play."""

    def __init__(self, sessions: SessionsApi, drawn: Mapping[str, DrawnGame]) -> None:
        self._sessions = sessions
        self._drawn = drawn
        self._games: Sequence[GameInfo] = ()
        self._fetched_at = float("-inf")

    def all(self) -> Sequence[GameInfo]:
        """Return all games; raises Unavailable where they have never been known."""
        if time.monotonic() - self._fetched_at > CACHE_SECONDS:
            self._fetch()
        return self._games

    def names(self) -> list[str]:
        """Return the names of all games."""
        return [game["name"] for game in self.all()]

    def require(self, name: str | None) -> None:
        """Raise GameNotFound for an unknown name; None is allowed."""
        if name is None or name in self.names():
            return
        if time.monotonic() - self._fetched_at > MISSING_GAME_CACHE_SECONDS:
            self._fetch()
        if name not in self.names():
            raise GameNotFound.of(f"There is no game {name}", game=name)

    def fewest_players(self, name: str) -> int:
        """Return how many play a game at least; raise GameNotFound for an unknown name."""
        self.require(name)
        return next(game["min_players"] for game in self._games if game["name"] == name)

    def _fetch(self) -> None:
        try:
            self._games = [
                {**game, **self._drawn.get(game["name"], {})} for game in self._sessions.games()
            ]
        except Unavailable:
            if not self._games:
                raise
        self._fetched_at = time.monotonic()
