"""Fault points: the places where a death hurts, by name. A test has a process die at one of them.

A point stands on the function that it is about: `@before` where the death comes before the function
is run, `@after` where it has just returned. Unless the process was started with this very point
armed, both give back the function that they were given: in production they cost nothing.

A point is armed by the environment that the process is started with:

- `FAULT_POINT`, its name;
- `FAULT_MARK`, a file that whoever dies makes. While it is there nobody dies: not a process that is
  started again, nor another one that was armed with it;
- `FAULT_ONLY`, words which the function's arguments must mention, all of them; none where it is
  left out.
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
    """A point at which this process is to die, the file that it makes then, and on which words."""

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
            raise ConfigurationError("FAULT_POINT needs FAULT_MARK, a file that tells of the death")
        only = environment.get("FAULT_ONLY", "").split()
        return cls(Point(name), environment["FAULT_MARK"], tuple(only))

    def strike(self, arguments: object) -> None:
        """Die, as of a power cut, if the arguments mention all the words and nobody has yet."""
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
    _log.warning("A fault point is armed, and this process may die at it: %s", _armed.point)


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
