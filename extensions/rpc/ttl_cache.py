"""A cache of what another service answers, for answers that change with a deployment only."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from nameko.extensions import DependencyProvider

from extensions import json_codec


class TtlCache:
    """Keeps the answers of one method for some seconds, at most `size` of them.

    Nobody may modify an answer, as all have the same one.
    """

    def __init__(
        self, seconds: float, size: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds, self._size, self._clock = seconds, size, clock
        self._answers: OrderedDict[bytes, tuple[float, Any]] = OrderedDict()

    def call(self, method: Callable[..., Any], *arguments: Any) -> Any:
        """Return what the method has answered to these arguments, or answers now.

        What it raises is not kept.
        """
        now, key = self._clock(), json_codec.encode(arguments)
        known_until, answer = self._answers.get(key, (now, None))
        if known_until > now:
            return answer
        answer = method(*arguments)
        self._answers[key] = now + self._seconds, answer
        self._answers.move_to_end(key)
        if len(self._answers) > self._size:
            self._answers.popitem(last=False)
        return answer


class TtlCacheProvider(DependencyProvider):
    """Gives all workers of a process one cache."""

    def __init__(self, seconds: float, size: int) -> None:
        self.seconds, self.size = seconds, size

    def setup(self) -> None:
        self.cache = TtlCache(self.seconds, self.size)

    def get_dependency(self, worker_ctx: object) -> TtlCache:
        return self.cache
