"""The table of methods: who may call each, its parameters, its result and its errors.

A handler enters it by the decorator `method`. Dispatch and the document of the protocol use it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import ValidationError

from gateway.protocol import errors
from gateway.protocol.deferred import Deferred
from gateway.protocol.params import Params


class Access(Enum):
    """Who may call a method."""

    ANYONE = "anyone"
    PLAYER = "player"


@dataclass(kw_only=True)
class Call:
    """A request on its way to its handler: who calls, from where, and when it arrived.

    A `guest` has no password. `family` and `fingerprint` are those of the token that has proved the
    login.
    """

    address: str
    connection_id: str | None = None
    login: str | None = None
    family: str | None = None
    fingerprint: str | None = None
    guest: bool = False
    arrived: float = 0.0  # in seconds since the epoch
    after_answer: list[Callable[[], None]] = field(default_factory=list)

    def turn(self, method: str) -> AbstractContextManager[None]:
        """Wait for a turn to call a method that waits for something."""
        return nullcontext()


AnyCall = TypeVar("AnyCall", bound=Call)
AnyParams = TypeVar("AnyParams", bound=Params)
AnyResult = TypeVar("AnyResult")


@dataclass(frozen=True)
class Method:
    """A row of the table; one that `ignores_token` is served also with an invalid token.

    The handler of one that `is_deferred` waits for nothing, and returns a Deferred.
    """

    name: str
    access: Access
    params: type[Params]
    result: Any
    errors: tuple[type[Exception], ...]
    handler: Callable[[Any, Any], Any]
    socket_only: bool = False
    ignores_token: bool = False
    is_deferred: bool = False

    @property
    def summary(self) -> str:
        """What the method does, for the document of the protocol."""
        return (self.handler.__doc__ or "").strip()

    def call(self, call: Call, params: Any) -> Any:
        """Check the caller and then the parameters, and call the handler."""
        if self.access is Access.PLAYER and call.login is None:
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
    name: str, access: Access, *errors: type[Exception], socket_only: bool = False,
    ignores_token: bool = False,
) -> Callable[
    [Callable[[AnyCall, AnyParams], AnyResult]], Callable[[AnyCall, AnyParams], AnyResult]
]:
    """Enter a handler into the table, with its errors besides those that any method may have.

    The types of its parameters and of its result are those of its annotations, where a Deferred
    says that the handler waits for nothing.
    """

    def enter(
        handler: Callable[[AnyCall, AnyParams], AnyResult]
    ) -> Callable[[AnyCall, AnyParams], AnyResult]:
        types = get_type_hints(handler)
        result = types["return"]
        is_deferred = get_origin(result) is Deferred
        METHODS[name] = Method(
            name, access, types["given"], get_args(result)[0] if is_deferred else result, errors,
            handler, socket_only, ignores_token, is_deferred,
        )
        return handler

    return enter


def find(name: str, on_socket: bool) -> Method:
    """Return a method; raises MethodNotFound, also for one that needs a WebSocket, without one."""
    found = METHODS.get(name)
    if found is None:
        raise errors.MethodNotFound.of(f"There is no method {name[:64]!a}", method=name[:64])
    if found.socket_only and not on_socket:
        raise errors.MethodNotFound.of(
            f"The method {name} is available on the WebSocket only", method=name
        )
    return found
