"""Rules of a former version that are not installed: what is left of a game without them."""

from typing import Any, cast

from arbiter_games.contract import Game, State
from sessions import limited_game
from sessions.exceptions import RulesUnavailable
from sessions.limited_game import LimitedGame

RETRY_SECONDS = 10.0  # after which a client may ask again
# By function: the place of the state among its arguments.
READING = {
    "to_move": 0, "legal_moves": 0, "outcome": 0, "view": 0, "reveal": 0, "shown_move": 3,
    "notation": 0, "for_history": 0, "is_out": 0, "can_win": 0, "claims": 0,
}


class OutdatedGame:
    """A game as what was played by a former version is shown: its rules, on upgraded states."""

    def __init__(self, game: Game, version: int) -> None:
        self._game, self.version = game, version

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._game, name)
        if name not in READING:
            return member
        place = READING[name]

        def read(*arguments: Any) -> Any:
            state = upgraded(self._game, arguments[place], self.version)
            return member(*arguments[:place], state, *arguments[place + 1:])

        return read


class _AbsentGame:
    """What is known of rules of which nothing is installed: else, what a game has by default."""

    secrets = True

    def __init__(self, name: str, version: int) -> None:
        self.name, self.title, self.version = name, name, version

    def __getattr__(self, attribute: str) -> Any:
        return getattr(Game, attribute)


def offers_upgrades(game: Game) -> bool:
    """Return whether a game upgrades states of former versions."""
    return type(game).upgrade is not Game.upgrade


def upgraded(game: Game, state: State, from_version: int) -> State:
    """Return a state of a former version as one of this game's; raises RulesUnavailable."""
    upgraded = game.upgrade(state, from_version)
    if upgraded is None:
        raise unavailable(game.name, from_version)
    return upgraded


def unavailable(name: str, version: int) -> RulesUnavailable:
    """Return the error by which all is refused that needs these rules."""
    return RulesUnavailable.of(
        f"Version {version} of the rules of {name} is not installed here: the game waits for it",
        game=name, game_version=version, retry_after=RETRY_SECONDS,
    )


def absent(name: str, version: int) -> LimitedGame:
    """Return the game of rules that are not installed: its functions raise RulesUnavailable."""
    game = cast(Game, _AbsentGame(name, version))
    return limited_game.refusing(game, unavailable(name, version))
