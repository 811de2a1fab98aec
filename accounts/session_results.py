"""The results that the session service announces, as messages of a durable queue."""

from typing import Annotated, Any

from kombu import Exchange, Queue
from pydantic import BaseModel, Field, ValidationError

import sessions.events
from arbiter_games.speeds import speed_of

# What is announced while this service is down waits here.
QUEUE = Queue(
    "accounts.session_results",
    exchange=Exchange(sessions.events.RESULTS_EXCHANGE, type="fanout", durable=True),
    durable=True,
)

Login = Annotated[str, Field(min_length=1, max_length=20)]


class Options(BaseModel):
    rated: bool
    clock: dict[str, float] | None = None


Place = Annotated[int, Field(ge=1, le=1000)]


class Score(BaseModel):
    by_player: dict[Login, Annotated[float, Field(ge=0, le=1)]]
    places: dict[Login, Place] = {}
    teams: dict[Login, int] = {}


class Result(BaseModel):
    """A session that has ended: who played what, and how it went for each."""

    session_id: Annotated[str, Field(min_length=1, max_length=32)]
    game: Annotated[str, Field(min_length=1, max_length=64)]
    options: Options
    players: list[Login]
    result: Score
    ended_at: Annotated[float, Field(ge=0, allow_inf_nan=False)]

    @property
    def speed(self) -> str:
        """The speed that the session was played at."""
        return speed_of(self.options.clock)

    @property
    def scores(self) -> dict[str, float]:
        """The score of each player."""
        return self.result.by_player

    @property
    def counts(self) -> bool:
        """Whether it moves ratings: it was rated, was not aborted, and two or more have played it.

        Of more than two, each has a place, and they were not all on one side.
        """
        players = {*self.players}
        if not self.options.rated or len(players) < 2 or set(self.scores) != players:
            return False
        return len(players) == 2 or (set(self.result.places) == players and len(self.sides) > 1)

    @property
    def sides(self) -> list[list[str]]:
        """The players who have played together, each for themselves where there are no teams."""
        sides: dict[tuple[bool, int], list[str]] = {}
        for seat, login in enumerate(self.players):
            team = self.result.teams.get(login)
            sides.setdefault((team is None, seat if team is None else team), []).append(login)
        return list(sides.values())


class Message(BaseModel):
    params: Result


def parse(message: Any) -> Result:
    """Return the result that a message carries.

    Raises ValueError for a message of another form.
    """
    try:
        return Message.model_validate(message, strict=True).params
    except ValidationError as error:
        raise ValueError(f"it has {error.error_count()} validation errors: {error}") from None
