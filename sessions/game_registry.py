"""The games that can be played here, by name."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from arbiter_games.contract import Game
from sessions.exceptions import GameNotFound
from sessions.limited_game import LimitedGame, limited_class, suspended
from sessions.suspensions import Suspensions


@dataclass(frozen=True)
class GameRegistry:
    """The installed games, by name."""

    games: dict[str, Game]
    suspensions: Suspensions = field(default_factory=Suspensions)
    _classes: dict[str, type[LimitedGame]] = field(default_factory=dict, init=False)

    def __contains__(self, name: object) -> bool:
        return name in self.games

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.games))

    def require(self, name: str, session_id: str = "") -> LimitedGame:
        """Return the game of this name, for a session or for none; raises GameNotFound."""
        if self.suspensions.failed:
            if seconds := self.suspensions.seconds_left(name, session_id):
                return suspended(self.games[name], seconds)
        limited = self._classes.get(name) or self._limited(name)
        return limited(session_id)

    def _limited(self, name: str) -> type[LimitedGame]:
        if name not in self.games:
            raise GameNotFound.of(f"There is no game {name}", game=name)
        self._classes[name] = limited_class(self.games[name], self.suspensions)
        return self._classes[name]
