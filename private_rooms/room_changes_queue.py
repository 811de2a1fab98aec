"""What the rooms service announces of private rooms, as messages of a durable queue."""

from typing import Any

from kombu import Exchange, Queue
from pydantic import BaseModel, Field, ValidationError

from rooms.events import PRIVATE_CHANGES_EXCHANGE

MAX_WAITING_MESSAGES = 10_000

# What is announced while this service is down waits here. Of more messages the oldest are dropped:
# the sweep finds what they would have told.
QUEUE = Queue(
    "private_rooms.room_changes",
    exchange=Exchange(PRIVATE_CHANGES_EXCHANGE, type="fanout", durable=True),
    durable=True,
    max_length=MAX_WAITING_MESSAGES,
)


class _Params(BaseModel):
    room_id: str = Field(min_length=1, max_length=32)


class _Message(BaseModel):
    params: _Params


def changed_room_id(message: Any) -> str:
    """Return the id of the room that a message is about.

    Raises ValueError for a message that has another form.
    """
    try:
        return _Message.model_validate(message, strict=True).params.room_id
    except ValidationError as error:
        raise ValueError(f"it has {error.error_count()} validation errors: {error}") from None
