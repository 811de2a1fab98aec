"""What is shown of a game before it is played: names, seats, schemas of options and moves."""

import logging
from functools import cache
from typing import Any

from pydantic import BaseModel

from arbiter_games.contract import Game
from sessions.schemas import GameInfo

_log = logging.getLogger(__name__)


def game_info(game: Game) -> GameInfo:
    """Return what is shown of a game; without schemas where it has neither options nor moves."""
    info: GameInfo = {
        "name": game.name, "title": game.title,
        "min_players": game.min_players, "max_players": game.max_players,
    }
    if game.Options.model_fields and (options := _schema(game.Options)):
        info["options"] = options
    if game.Moves and (moves := _schema(game.Moves)):
        info["moves"] = moves
    return info


def _schema(declared: type[BaseModel] | dict[str, Any]) -> dict[str, Any] | None:
    return declared if isinstance(declared, dict) else _schema_of_model(declared)


@cache
def _schema_of_model(model: type[BaseModel]) -> dict[str, Any] | None:
    try:
        return model.model_json_schema()
    except Exception as error:  # a model may have any types: the game is playable without a form
        _log.warning("%s.%s has no JSON schema: %s", model.__module__, model.__name__, error)
        return None
