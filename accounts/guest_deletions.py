"""The guests whom the auth service has deleted, as messages of a durable queue."""

from typing import Annotated, Any

from kombu import Exchange, Queue
from pydantic import BaseModel, Field, ValidationError

import auth.events

# What is announced while this service is down waits here.
QUEUE = Queue(
    "accounts.guest_deletions",
    exchange=Exchange(auth.events.DELETED_GUESTS_EXCHANGE, type="fanout", durable=True),
    durable=True,
)


class _Params(BaseModel):
    login: Annotated[str, Field(min_length=1, max_length=20)]


class _Message(BaseModel):
    params: _Params


def deleted_login(message: Any) -> str:
    """Return the login of the guest whom a message is about.

    Raises ValueError for a message that has another form.
    """
    try:
        return _Message.model_validate(message, strict=True).params.login
    except ValidationError as error:
        raise ValueError(f"it has {error.error_count()} validation errors: {error}") from None
