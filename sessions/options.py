"""The options of a game to be played: what every game takes, and what the game itself takes."""

from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from arbiter_games.contract import Game
from arbiter_games.options import STRICT, CommonOptions, ContinuedFrom, error_path
from sessions.exceptions import InvalidOptions


def complete(game: Game | None, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with the defaults filled in: those of every game, and the game's own.

    Without a game, only the options of every game are checked. Raises InvalidOptions, with the path
    and the cause of everything that is wrong.
    """
    given = _without_nulls(options)
    source = given.pop("from", None)
    common = {name: value for name, value in given.items() if name in CommonOptions.model_fields}
    own = {name: value for name, value in given.items() if name not in common}
    errors: list[dict[str, str]] = []
    completed = _read(CommonOptions, common, errors)
    if source is not None:
        completed |= _continued(source, given, errors)
    if game is not None:
        completed |= _read(_strict(game.Options), own, errors)
    if errors:
        raise invalid(errors)
    return completed


def _continued(
    source: Any, given: dict[str, Any], errors: list[dict[str, str]]
) -> dict[str, Any]:
    """Return what is added to the options of a game that goes on from another: never a rated one.
    """
    if given.get("rated"):
        errors.append({"path": "options.rated", "message": "A continued game can't be rated"})
    return {"from": _read(ContinuedFrom, source, errors, "from"), "rated": False}


def _read(
    model: type[BaseModel], values: Any, errors: list[dict[str, str]], *path: str
) -> dict[str, Any]:
    try:
        return model.model_validate(values).model_dump(mode="json")
    except ValidationError as error:
        errors += [
            {"path": error_path(("options", *path, *each["loc"])), "message": _message(each)}
            for each in error.errors()
        ]
        return {}


def _message(error: ErrorDetails) -> str:
    """Return what is wrong, without the name of a model, which clients do not know."""
    return "Input should be an object" if error["type"] == "model_type" else error["msg"]


@cache
def _strict(model: type[BaseModel]) -> type[BaseModel]:
    # An author's model may be laxer than the protocol, which promises that nothing is ignored.
    return type(model.__name__, (model,), {"model_config": STRICT, "__module__": model.__module__})


def seats(game: Game, wanted: int | None) -> int:
    """Return the number of seats of a room; without a wish, the fewest. Raises InvalidOptions."""
    if wanted is None:
        return game.min_players
    if not game.min_players <= wanted <= game.max_players:
        fewest, most = game.min_players, game.max_players
        played_by = f"{fewest} to {most}" if fewest < most else f"{fewest}"
        message = f"{game.title} is played by {played_by}"
        raise invalid([{"path": "seats", "message": message}])
    return wanted


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return value


def invalid(errors: list[dict[str, str]]) -> InvalidOptions:
    """Return the error that tells all of these, each with its `path` and `message`."""
    first = errors[0]
    return InvalidOptions.of(f"{first['path']}: {first['message']}", errors=errors)
