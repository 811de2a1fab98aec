"""The games that can be played here, by name, and the rules of sessions, by name and version."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from arbiter_games.contract import Game
from sessions import missing_rules
from sessions.exceptions import GameNotFound
from sessions.limited_game import LimitedGame, limited_class, suspended
from sessions.suspensions import Suspensions

Rules: TypeAlias = tuple[str, int]  # the name of a game, and a version of its rules


@dataclass
class NotUpgraded:
    """Sessions of former rules whose states could not be upgraded, and when all were logged."""

    sessions: set[str] = field(default_factory=set)
    logged_at: float | None = None


@dataclass(frozen=True)
class GameRegistry:
    """The installed games by name, and by name and version the `former` rules beside them.

    `not_upgraded` are sessions whose states could not be upgraded to today's rules, by their own.
    """

    games: dict[str, Game]
    suspensions: Suspensions = field(default_factory=Suspensions)
    former: dict[Rules, Game] = field(default_factory=dict)
    not_upgraded: dict[Rules, NotUpgraded] = field(default_factory=dict)
    _made: dict[Rules, type[LimitedGame]] = field(default_factory=dict, init=False)
    _missing: dict[tuple[Rules, bool], Callable[[str], LimitedGame]] = field(
        default_factory=dict, init=False
    )

    def __contains__(self, name: object) -> bool:
        return name in self.games

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.games))

    def require(self, name: str, session_id: str = "") -> LimitedGame:
        """Return the game of this name, for a session or for none; raises GameNotFound."""
        if name not in self.games:
            raise GameNotFound.of(f"There is no game {name}", game=name)
        return self.rules(name, self.games[name].version, session_id)

    def rules(
        self, name: str, version: int, session_id: str, to_show: bool = False
    ) -> LimitedGame:
        """Return the rules of a stored session.

        Where they are not installed, their functions raise RulesUnavailable; or if they are only
        `to_show` what was played, they are those that states can be upgraded to.
        """
        if self.suspensions.failed:
            if seconds := self.suspensions.seconds_left(name, session_id):
                if game := self.installed(name, version):
                    return suspended(game, seconds)
        made = self._made.get((name, version))
        if made is None:
            return self._make(name, version, to_show)(session_id)
        return made(session_id)

    def installed(self, name: str, version: int) -> Game | None:
        """Return the game of exactly this version, if it is installed."""
        game = self.games.get(name)
        return game if game and game.version == version else self.former.get((name, version))

    def playable(self) -> dict[int, list[str]]:
        """Return the names of the games that are installed, by version."""
        names: dict[int, list[str]] = {}
        for game in (*self.games.values(), *self.former.values()):
            names.setdefault(game.version, []).append(game.name)
        return names

    def upgrades(self, name: str, version: int) -> bool:
        """Return whether sessions of rules that are not installed are upgraded to today's."""
        game = self.games.get(name)
        return (
            game is not None and version < game.version and missing_rules.offers_upgrades(game)
            and self.installed(name, version) is None
        )

    def _make(self, name: str, version: int, to_show: bool) -> Callable[[str], LimitedGame]:
        if game := self.installed(name, version):
            self._made[name, version] = limited_class(game, self.suspensions)
            return self._made[name, version]
        key = (name, version), to_show
        if key not in self._missing:
            self._missing[key] = self._stand_in(name, version, to_show)
        return self._missing[key]

    def _stand_in(self, name: str, version: int, to_show: bool) -> Callable[[str], LimitedGame]:
        if to_show and self.upgrades(name, version):
            outdated = missing_rules.OutdatedGame(self.games[name], version)
            return limited_class(cast(Game, outdated), self.suspensions)
        frozen = missing_rules.absent(name, version)
        return lambda session_id: frozen
