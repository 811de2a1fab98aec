"""Calls a method with the login that each message of an exchange is about.

What is announced while the service is down waits in a durable queue.
"""

from typing import Annotated, Any

from kombu import Exchange, Queue
from pydantic import BaseModel, Field, ValidationError

from extensions.amqp.durable_consumer import DurableConsumer
from extensions.errors import StorageAway


class _Params(BaseModel):
    login: Annotated[str, Field(min_length=1, max_length=20)]


class _Message(BaseModel):
    params: _Params


class LoginConsumer(DurableConsumer):
    """Has a method take the logins of which a durable exchange tells."""

    def __init__(
        self, queue: str, exchange: str,
        transient_errors: tuple[type[Exception], ...] = (StorageAway,),
    ) -> None:
        source = Exchange(exchange, type="fanout", durable=True)
        super().__init__(Queue(queue, exchange=source, durable=True), transient_errors)

    def read(self, body: Any) -> str:
        """Return the login; raises ValueError for a message of another form."""
        try:
            return _Message.model_validate(body, strict=True).params.login
        except ValidationError as error:
            raise ValueError(f"it has {error.error_count()} validation errors: {error}") from None


consume_logins = LoginConsumer.decorator
