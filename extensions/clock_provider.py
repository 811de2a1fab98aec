"""The clock, as a dependency of a service: tests set their own."""

import time
from collections.abc import Callable

from nameko.extensions import DependencyProvider


class Clock(DependencyProvider):
    """Gives a service a function that returns the seconds since the epoch."""

    def get_dependency(self, worker_ctx: object) -> Callable[[], float]:
        return time.time
