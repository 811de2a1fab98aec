"""The one table of methods: who may call each, with what, what it answers and how it is refused.

Parsing, checks, dispatch and documentation come from it, and nothing says any of it twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from pydantic import ValidationError

from gateway.protocol import errors
from gateway.protocol.params import Params


class Access(Enum):
    """Who may call a method."""

    ANYONE = "anyone"
    PLAYER = "player"


@dataclass
class Call:
    """A request on its way to its handler: who calls, when, and on which connection, if on one.

    `address` is where the client is, as far as its requests are counted by that.
    """

    gateway: Any
    login: str | None = None
    family: str | None = None
    fingerprint: str | None = None
    connection: Any = None
    arrived: float = 0.0
    address: str = ""
    after_answer: list[Callable[[], None]] = field(default_factory=list)

    @property
    def services(self):
        return self.gateway.services

    @property
    def limits(self):
        return self.gateway.limits

    @property
    def round_trip(self) -> float:
        """Seconds to the caller and back, as far as it has been measured."""
        return self.connection.round_trip if self.connection else 0.0


@dataclass(frozen=True)
class Method:
    """A row of the table. `ignores_token`: a bad token is no reason to refuse it."""

    name: str
    who: Access
    params: type[Params]
    result: Any
    errors: tuple[type[Exception], ...]
    handler: Callable[[Call, Any], Any]
    socket_only: bool = False
    ignores_token: bool = False

    @property
    def summary(self) -> str:
        return (self.handler.__doc__ or "").strip()

    def call(self, call: Call, params: Any) -> Any:
        """Check who calls and with what, in this order, and answer."""
        if self.who is Access.PLAYER and call.login is None:
            raise errors.Unauthenticated(
                f"{self.name} needs a player: log in, or authenticate with an access token"
            )
        if not isinstance(params, dict):
            raise errors.InvalidParams.of(
                "params: The parameters are an object, by their names",
                errors=[{"path": "", "message": "The parameters are an object, by their names"}],
            )
        try:
            checked = self.params.read(params)
        except ValidationError as error:
            raise errors.invalid_params(error) from None
        return self.handler(call, checked)


METHODS: dict[str, Method] = {}


def method(
    name: str, who: Access, params: type[Params], result: Any,
    errors: tuple[type[Exception], ...] = (), **properties: bool,
):
    """Put a handler into the table."""

    def enter(handler):
        METHODS[name] = Method(name, who, params, result, errors, handler, **properties)
        return handler

    return enter


def find(name: str, on_socket: bool) -> Method:
    """The method of this name.

    Raises MethodNotFound, also for one that makes sense on a connection only, where there is none.
    """
    found = METHODS.get(name)
    if found is None:
        raise errors.MethodNotFound.of(f"There is no method {name[:64]!a}", method=name[:64])
    if found.socket_only and not on_socket:
        raise errors.MethodNotFound.of(
            f"The method {name} is there on the WebSocket only", method=name
        )
    return found
