"""Fault points: named places in which a process can be made to kill itself, for tests.

A function is marked with a point by `@before`, if the process dies before the function is run, or
by `@after`, if it dies when the function has returned. Unless the process was started with this
point armed, both return the function as it is: in production they cost nothing.

A point is armed by the environment that the process is started with:

- `FAULT_POINT`: its name.
- `FAULT_MARK`: a file that the process makes when it dies. While the file exists no process dies
  that is armed with it, such as the same one after a restart.
- `FAULT_ONLY`, optional: words. The process dies only if the function's arguments have all of them.
"""

import logging
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from nameko.exceptions import ConfigurationError

_log = logging.getLogger(__name__)

Function = TypeVar("Function", bound=Callable[..., Any])


class Point(StrEnum):
    """All fault points."""

    BEFORE_COMMIT = "before the commit"
    COMMITTED = "committed, not announced"
    ANNOUNCED = "announced, not answered"
    ROOM_FILLED = "a room filled, no session yet"
    PAIRING_TAKEN = "a pairing taken, no session yet"
    RESULT_COUNTED = "a result counted, not acknowledged"
    COMMAND_ANSWERED = "a command answered, its client not told"
    LOGIN_TAKEN = "a login taken, no account yet"
    REFRESH_SPENT = "a refresh token spent, the next one not told"
    PRIVATE_ROOM_MADE = "a private room made, no key yet"


@dataclass(frozen=True)
class Arming:
    """The point at which this process is to die, the file that it makes, and the words needed."""

    point: Point
    mark: str
    only: tuple[str, ...] = ()

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Arming | None":
        """Return what the environment arms, if anything; raise ConfigurationError if unclear."""
        name = environment.get("FAULT_POINT")
        if not name:
            return None
        if name not in list(Point):
            raise ConfigurationError(
                f"FAULT_POINT names no fault point: {name!r}. They are: {'; '.join(Point)}"
            )
        if not environment.get("FAULT_MARK"):
            raise ConfigurationError("FAULT_POINT needs FAULT_MARK, a file to write at exit")
        only = environment.get("FAULT_ONLY", "").split()
        return cls(Point(name), environment["FAULT_MARK"], tuple(only))

    def strike(self, arguments: object) -> None:
        """Die by SIGKILL, if the arguments have all the words and no process has died here yet."""
        told = repr(arguments)
        if not all(word in told for word in self.only):
            return
        try:
            with open(self.mark, "x") as mark:
                mark.write(self.point)
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


_armed = Arming.read(os.environ)
if _armed:
    _log.warning("A fault point is armed, at which this process may exit: %s", _armed.point)


def before(point: Point) -> Callable[[Function], Function]:
    """Mark a function with a point that is reached before it is run."""

    def mark(function: Function) -> Function:
        armed = _armed
        if armed is None or armed.point is not point:
            return function

        @wraps(function)
        def deadly(*args: Any, **kwargs: Any) -> Any:
            armed.strike((args, kwargs))
            return function(*args, **kwargs)

        return cast(Function, deadly)

    return mark


def after(point: Point) -> Callable[[Function], Function]:
    """Mark a function with a point that is reached when it has returned."""

    def mark(function: Function) -> Function:
        armed = _armed
        if armed is None or armed.point is not point:
            return function

        @wraps(function)
        def deadly(*args: Any, **kwargs: Any) -> Any:
            returned = function(*args, **kwargs)
            armed.strike((args, kwargs))
            return returned

        return cast(Function, deadly)

    return mark
