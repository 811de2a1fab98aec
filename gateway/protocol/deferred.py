"""A result that its handler does not wait for."""

from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Deferred(Generic[Result]):
    """A result that is there later: the outcome is the result or the exception in its place."""

    __slots__ = ("_outcome", "_on_outcome")

    def __init__(self) -> None:
        self._outcome: Result | Exception | None = None
        self._on_outcome: Callable[[Result | Exception], None] | None = None

    def settle(self, outcome: Result | Exception) -> None:
        """Tell the outcome, once."""
        self._outcome = outcome
        if self._on_outcome is not None:
            self._on_outcome(outcome)

    def then(self, on_outcome: Callable[[Result | Exception], None]) -> None:
        """Call a function with the outcome, now or later; there is one listener."""
        self._on_outcome = on_outcome
        if self._outcome is not None:
            on_outcome(self._outcome)
