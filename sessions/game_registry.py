"""The games that can be played here, by name."""

from collections.abc import Iterator
from dataclasses import dataclass

from arbiter_games.contract import Game
from sessions.exceptions import GameNotFound


@dataclass(frozen=True)
class GameRegistry:
    """The installed games, by name."""

    games: dict[str, Game]

    def __contains__(self, name: object) -> bool:
        return name in self.games

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.games))

    def require(self, name: str) -> Game:
        """Return the game of this name; raises GameNotFound."""
        if name not in self.games:
            raise GameNotFound.of(f"There is no game {name}", game=name)
        return self.games[name]
