"""The options of every game, whatever its rules: a clock, and whether it is rated."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

STRICT = ConfigDict(extra="forbid", strict=True)


def _as_whole_number(seconds: float) -> int | float:
    # 300 and 300.0 are the same clock, and players who ask for either have to be paired.
    return int(seconds) if seconds == int(seconds) else seconds


Seconds = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_as_whole_number)]


Initial = Annotated[Seconds, Field(ge=1, le=10_800)]


class Fischer(BaseModel):
    """A clock to which each move adds the increment, in seconds."""

    model_config = STRICT

    initial: Initial
    increment: Annotated[Seconds, Field(ge=0, le=180)]


class Byoyomi(BaseModel):
    """A main time and then periods, in seconds: a period that a move ends in time is kept."""

    model_config = STRICT

    initial: Annotated[Seconds, Field(ge=0, le=10_800)]
    period: Annotated[Seconds, Field(ge=1, le=600)]
    periods: Annotated[int, Field(ge=1, le=25)]


class Delay(BaseModel):
    """A clock that begins to run only after the delay of each turn, in seconds."""

    model_config = STRICT

    initial: Initial
    delay: Annotated[Seconds, Field(gt=0, le=180)]


class Bronstein(BaseModel):
    """A clock to which each move gives back the time it took, up to so many seconds."""

    model_config = STRICT

    initial: Initial
    bronstein: Annotated[Seconds, Field(gt=0, le=180)]


class Days(BaseModel):
    """Days for each move; `vacation` are more days in all, which slow moves use up."""

    model_config = STRICT

    days: Annotated[int, Field(ge=1, le=14)]
    vacation: Annotated[int, Field(ge=0, le=30)] = 0


# The kind of a clock is told by the first of these fields that it has; else it is Fischer's. The
# tags of the kinds are in brackets, so that a path in an error is known from one without them.
_KIND_BY_FIELD = {
    "increment": "[fischer]", "period": "[byoyomi]", "periods": "[byoyomi]", "delay": "[delay]",
    "bronstein": "[bronstein]", "days": "[days]", "vacation": "[days]",
}


def _kind(clock: Any) -> str:
    fields = vars(clock) if isinstance(clock, BaseModel) else clock
    if not isinstance(fields, dict):
        return "[fischer]"
    return next((kind for name, kind in _KIND_BY_FIELD.items() if name in fields), "[fischer]")


Clock = Annotated[
    Annotated[Fischer, Tag("[fischer]")] | Annotated[Byoyomi, Tag("[byoyomi]")]
    | Annotated[Delay, Tag("[delay]")] | Annotated[Bronstein, Tag("[bronstein]")]
    | Annotated[Days, Tag("[days]")],
    Discriminator(_kind),
]


def error_path(location: tuple[str | int, ...]) -> str:
    """Return where in the options an error is, like `clock.initial`."""
    return ".".join(str(part) for part in location if not str(part).startswith("["))


class ContinuedFrom(BaseModel):
    """A position of a session that has ended: the one that there was at a version."""

    model_config = STRICT

    session_id: Annotated[str, Field(pattern="^[0-9a-f]{24}$")]
    version: Annotated[int, Field(ge=0, le=10**9)]


class CommonOptions(BaseModel):
    """The options of every game; the defaults are no clock, and rated."""

    model_config = STRICT

    clock: Clock | None = None
    rated: bool = True


def with_defaults(own: type[BaseModel], given: dict[str, Any]) -> dict[str, Any]:
    """Return all options of a session: those given of a game's own, and all others by default.

    Raises pydantic's ValidationError for what the game's own model does not accept.
    """
    common, chosen = CommonOptions(), own.model_validate(given)
    return {**common.model_dump(mode="json"), **chosen.model_dump(mode="json")}
