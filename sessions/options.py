"""The options of a game to be played: what the arena itself takes, and what the game takes."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sessions.exceptions import InvalidOptions
from sessions.games.base import Game

STRICT = ConfigDict(extra="forbid", strict=True)


class Clock(BaseModel):
    """A Fischer clock, in seconds."""

    model_config = STRICT

    initial: Annotated[int | float, Field(ge=1, le=10_800, allow_inf_nan=False)]
    increment: Annotated[int | float, Field(ge=0, le=180, allow_inf_nan=False)]


class Options(BaseModel):
    """What every game is played with: no clock and rated, where nothing else is said."""

    model_config = STRICT

    clock: None = None
    rated: bool = True


def complete(options: dict[str, Any]) -> dict[str, Any]:
    """The options with what was left out filled in.

    Raises InvalidOptions, with the path and the cause of everything that is wrong.
    """
    try:
        return Options.model_validate(_without_nulls(options)).model_dump()
    except ValidationError as error:
        raise _invalid(
            [
                {"path": ".".join(map(str, ("options", *each["loc"]))), "message": each["msg"]}
                for each in error.errors()
            ]
        ) from None


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
