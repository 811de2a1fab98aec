"""Finds the games: the built-in ones, and those of installed plug-ins."""

import importlib.metadata
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from importlib.util import find_spec

from arbiter_games.battleship import Battleship
from arbiter_games.contract import Game, IllegalMove, Outcome
from arbiter_games.dobutsu import Dobutsu

__all__ = ["Game", "GamePluginError", "IllegalMove", "Outcome", "load_former", "load_games"]

PLUGIN_GROUP = "game_plugins"
FORMER_GROUP = "former_game_plugins"


class GamePluginError(Exception):
    """An installed game can't be offered: the message names it and its distribution."""


def load_games() -> dict[str, Game]:
    """Return every game by its name: the built-in ones, then the plug-ins, always in one order.

    Built in are Dobutsu shogi, battleship, and the games whose library is installed: `chess` for
    chess, `pyffish` for the variants, of which `chess` plays some too. A plug-in is an entry point
    of the group `game_plugins` that names a `Game` class. Raises `GamePluginError` for a plug-in
    that can't be loaded, is not a complete `Game`, or has the name of another game.
    """
    games = {game.name: game for game in _built_in()}
    sources = {name: "the server itself" for name in games}
    for entry_point in sorted(importlib.metadata.entry_points(group=PLUGIN_GROUP), key=_source):
        game, source = _load(entry_point), _source(entry_point)
        if game.name in games:
            raise GamePluginError(
                f"{source} offers the game {game.name!r}, which {sources[game.name]} offers too."
            )
        games[game.name], sources[game.name] = game, source
    return games


def load_former(games: dict[str, Game]) -> dict[tuple[str, int], Game]:
    """Return the former rules of games by name and version, beside those that `load_games` returns.

    A plug-in offers them in the group `former_game_plugins`: games that began with them go on, and
    no new ones begin. Raises `GamePluginError` as `load_games` does, and for rules that are not
    older than the present ones, or that two plug-ins offer.
    """
    former: dict[tuple[str, int], Game] = {}
    for entry_point in sorted(importlib.metadata.entry_points(group=FORMER_GROUP), key=_source):
        game, source = _load(entry_point), _source(entry_point)
        present, rules = games.get(game.name), (game.name, game.version)
        if rules in former or present and game.version >= present.version:
            raise GamePluginError(
                f"{source} offers version {game.version} of {game.name!r} as a former one, but"
                " it is offered twice, or is not older than the present one."
            )
        former[rules] = game
    return former


def _built_in() -> Iterator[Game]:
    yield Dobutsu()
    yield Battleship()
    if find_spec("chess"):
        from arbiter_games.chess import Chess

        yield Chess()
    from arbiter_games.variants import variants

    yield from variants()


def _load(entry_point: EntryPoint) -> Game:
    try:
        return complete_game(entry_point.load())
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise GamePluginError(f"{_source(entry_point)} can't be loaded: {reason}") from error


def complete_game(loaded: object) -> Game:
    """Return an instance of the class, or raise `TypeError` where it is not a complete game."""
    if not (isinstance(loaded, type) and issubclass(loaded, Game)):
        raise TypeError(f"{loaded!r} is not a Game class")
    game = loaded()
    for attribute in ("name", "title"):
        if not isinstance(getattr(game, attribute, None), str):
            raise TypeError(f"{loaded.__name__} has no {attribute}")
    if type(game.version) is not int or game.version < 1:
        raise TypeError(f"{loaded.__name__}.version is {game.version!r}, and no number from 1 on")
    return game


def _source(entry_point: EntryPoint) -> str:
    distribution = entry_point.dist.name if entry_point.dist else "unknown"
    return f"plug-in {entry_point.value!r} (distribution {distribution})"
