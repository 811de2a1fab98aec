"""What the searcher reads of the results that the session service announces."""

from typing import Annotated

from kombu import Exchange, Queue
from pydantic import BaseModel, Field, ValidationError

import sessions.events
from searcher.avoidance import KEPT_APART_SECONDS

ABORTED = "aborted"

_EXCHANGE = Exchange(sessions.events.RESULTS_EXCHANGE, type="fanout", durable=True)
# Durable: what is announced while this service is down waits here for as long as it matters.
QUEUE = Queue(
    "searcher.session_results", exchange=_EXCHANGE, durable=True, message_ttl=KEPT_APART_SECONDS
)


class Score(BaseModel):
    reason: str


class Result(BaseModel):
    """A session that has ended: who played it, and for what reason it was over."""

    session_id: Annotated[str, Field(max_length=64)]
    players: list[Annotated[str, Field(max_length=64)]]
    result: Score

    @property
    def was_aborted(self) -> bool:
        return self.result.reason == ABORTED


class Message(BaseModel):
    params: Result


def parse(message: object) -> Result:
    """Return the result in a message; raise ValueError if there is none."""
    try:
        return Message.model_validate(message, strict=True).params
    except ValidationError as error:
        raise ValueError(f"it has {error.error_count()} validation errors: {error}") from None
