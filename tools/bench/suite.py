"""Runs the measurements of a set one after another, tells how far it is, and keeps what fails."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tools.bench.machine import describe
from tools.bench.steps import OwnEngine, Step
from tools.bench.subject import Scale, Subject
from tools.launch.settings import PRODUCTION

START_SECONDS = 15.0  # of a server, and about as long to stop it
FAILED = "failed"

Figures = dict[str, Any]  # by the name of a measurement


class Clock:
    """Tells on the standard error what is measured, and how long the rest takes."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    def tell(self, title: str, seconds: float) -> None:
        """Begin something that takes about so long."""
        left = f"{self._left / 60:.0f} min" if self._left > 90 else f"{self._left:.0f} s"
        print(f"{title}... (about {left} left)", file=sys.stderr, flush=True)
        self._left = max(self._left - seconds, 0.0)


def expected_seconds(
    sets: Sequence[str], steps: Sequence[Step], own: Sequence[OwnEngine], scale: Scale
) -> float:
    """Return about how long everything takes."""
    seconds = sum(step.seconds for step in steps) + sum(each.seconds for each in own)
    return len(sets) * (START_SECONDS + seconds * pace(scale))


def pace(scale: Scale) -> float:
    """Return how long this scale takes, as a part of what the full one takes."""
    return scale.seconds / Scale().seconds


def measure_set(
    name: str, steps: Sequence[Step], own: Sequence[OwnEngine], scale: Scale, clock: Clock
) -> Figures:
    """Measure a set of engines; what fails has its reason in place of its figures."""
    production = name == PRODUCTION
    figures: Figures = {"machine": describe()}
    began = time.monotonic()
    try:
        clock.tell(f"{name}: starting a server", START_SECONDS)
        with _subject(name, scale) as subject:
            for step in steps:
                clock.tell(f"{name}: {step.title}", step.seconds * pace(scale))
                figures[step.name] = attempt(partial(step.measure, subject))
    except Exception as error:
        missing = {step.name: failure(error) for step in steps if step.name not in figures}
        figures |= missing
    for each in own:
        clock.tell(f"{name}: {each.title}", each.seconds * pace(scale))
        figures[each.name] = attempt(partial(each.measure, production, scale))
    figures["minutes"] = (time.monotonic() - began) / 60
    return figures


def attempt(measure: Callable[[], Any]) -> Any:
    """Return what is measured, or why it could not be."""
    try:
        return measure()
    except Exception as error:
        failed = failure(error)
        print(f"  failed: {failed[FAILED]}", file=sys.stderr, flush=True)
        return failed


def failure(error: Exception) -> dict[str, str]:
    """Return what stands in the place of figures that could not be measured."""
    return {FAILED: f"{type(error).__name__}: {error}"}


@contextmanager
def _subject(name: str, scale: Scale) -> Iterator[Subject]:
    with tempfile.TemporaryDirectory() as profiles, ExitStack() as holding:
        yield Subject(name == PRODUCTION, scale, Path(profiles), holding)
