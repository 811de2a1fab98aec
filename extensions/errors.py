"""The base of every error that one service raises and another, or a client, must understand.

Beside it are the errors of calls that nobody answered.
"""

import json
from types import TracebackType
from typing import Any, Self, TypeAlias, TypedDict

from nameko.exceptions import RpcTimeout, UnknownService, deserialize_to_instance

# What is raised, as `sys.exc_info()` returns it.
ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType]


class SerializedError(TypedDict):
    """An exception as Nameko sends it in the answer to a call."""

    exc_type: str
    exc_path: str
    exc_args: list[str]
    value: str


class ServiceError(Exception):
    """Something that the caller can cause and is told about in a sentence.

    A subclass crosses RPC as itself. Its arguments are strings, because Nameko turns everything
    else into one: the sentence, and the details as JSON. Make one with details by `of`.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        deserialize_to_instance(cls)

    @classmethod
    def of(cls, message: str, **details: Any) -> Self:
        """Return an error with machine-readable details beside its sentence."""
        return cls(message, json.dumps(details))

    @property
    def details(self) -> dict[str, Any]:
        return json.loads(self.args[1]) if len(self.args) > 1 else {}

    def __str__(self) -> str:
        return self.args[0] if self.args else type(self).__name__


class RateLimited(ServiceError):
    """Too soon or too often; `retry_after` has the seconds until it may be tried again."""


class StorageAway(ServiceError):
    """The storage of a service does not answer.

    What was asked may have been done or not; the same may succeed later.
    """


class StorageBusy(StorageAway):
    """Others kept the data locked for too long: nothing was done, and the same may succeed now."""


class CallLost(ConnectionError):
    """The broker was lost while a call was under way, each time that it was sent."""


# Raised by a call that was not answered: no service, no reply in time, or no broker.
UNANSWERED_ERRORS = (RpcTimeout, UnknownService, OSError)
# The same where a service raises them whose own call was not answered, by their names.
UNANSWERED_REMOTELY = (RpcTimeout.__name__, UnknownService.__name__, CallLost.__name__)
