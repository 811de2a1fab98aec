"""The options of every game, whatever its rules: a clock, and whether it is rated."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

STRICT = ConfigDict(extra="forbid", strict=True)


def _as_whole_number(seconds: float) -> int | float:
    # 300 and 300.0 are the same clock, and players who ask for either have to be paired.
    return int(seconds) if seconds == int(seconds) else seconds


Seconds = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_as_whole_number)]


class Clock(BaseModel):
    """A Fischer clock: both figures are in seconds."""

    model_config = STRICT

    initial: Annotated[Seconds, Field(ge=1, le=10_800)]
    increment: Annotated[Seconds, Field(ge=0, le=180)]


class CommonOptions(BaseModel):
    """The options of every game; the defaults are no clock, and rated."""

    model_config = STRICT

    clock: Clock | None = None
    rated: bool = True
