"""The options of a game to be played: what the arena itself takes, and what the game takes."""

from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from arbiter_games.contract import Game
from sessions.exceptions import InvalidOptions

STRICT = ConfigDict(extra="forbid", strict=True)


def _plain(seconds: float) -> int | float:
    # 300 and 300.0 are the same clock, and players who ask for either are to meet.
    return int(seconds) if seconds == int(seconds) else seconds


Seconds = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_plain)]


class Clock(BaseModel):
    """A Fischer clock, in seconds."""

    model_config = STRICT

    initial: Annotated[Seconds, Field(ge=1, le=10_800)]
    increment: Annotated[Seconds, Field(ge=0, le=180)]


class Options(BaseModel):
    """What every game is played with: no clock and rated, where nothing else is said."""

    model_config = STRICT

    clock: Clock | None = None
    rated: bool = True


def complete(game: Game | None, options: dict[str, Any]) -> dict[str, Any]:
    """The options with what was left out filled in: the arena's own, and those of the game.

    Without a game, only the arena's own are looked at. Raises InvalidOptions, with the path and the
    cause of everything that is wrong.
    """
    given = _without_nulls(options)
    own = {name: value for name, value in given.items() if name in Options.model_fields}
    others = {name: value for name, value in given.items() if name not in own}
    errors: list[dict[str, str]] = []
    completed = _read(Options, own, errors)
    if game is not None:
        completed |= _read(_strict(game.Options), others, errors)
    if errors:
        raise _invalid(errors)
    return completed


def _read(model: type[BaseModel], values: dict[str, Any], errors: list) -> dict[str, Any]:
    try:
        return model.model_validate(values).model_dump(mode="json")
    except ValidationError as error:
        errors += [
            {"path": ".".join(map(str, ("options", *each["loc"]))), "message": each["msg"]}
            for each in error.errors()
        ]
        return {}


@cache
def _strict(model: type[BaseModel]) -> type[BaseModel]:
    # An author's model may be laxer than what clients are promised: nothing is passed over.
    return type(model.__name__, (model,), {"model_config": STRICT, "__module__": model.__module__})


def seats(game: Game, wanted: int | None) -> int:
    """How many seats a room for the game has.

    Raises InvalidOptions.
    """
    if wanted is None:
        return game.min_players
    if not game.min_players <= wanted <= game.max_players:
        message = f"{game.title} is played by {game.min_players} to {game.max_players}"
        raise _invalid([{"path": "seats", "message": message}])
    return wanted


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return value


def _invalid(errors: list[dict[str, str]]) -> InvalidOptions:
    first = errors[0]
    return InvalidOptions.of(f"{first['path']}: {first['message']}", errors=errors)
