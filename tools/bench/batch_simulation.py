"""A simulation of a process that takes all commands that wait as one batch.

There is no simple formula for it: the longer a batch takes, the larger is the next one, and the
less each command costs.
"""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BATCH = 64
SIMULATED_COMMANDS = 20_000
LOWEST_RATE = 1.0


@dataclass(frozen=True)
class Batch:
    """What a batch takes, in seconds, whatever is in it, and for each command."""

    fixed: float
    each: float

    def seconds(self, commands: int) -> float:
        """Return how long a batch takes."""
        return self.fixed + self.each * commands


@dataclass(frozen=True)
class Outcome:
    """What commands that came at a rate have met with."""

    mean_batch: float
    busy: float
    p50_seconds: float
    p99_seconds: float


def simulate(batch: Batch, rate: float, commands: int = SIMULATED_COMMANDS) -> Outcome:
    """Have commands come at random at a rate, in commands a second, and serve them in batches."""
    waits: list[float] = []
    free_at = busy = 0.0
    arrivals, batches = deque(_arrivals(rate, commands)), 0
    while arrivals:
        begins = max(free_at, arrivals[0])
        taken: list[float] = []
        while arrivals and len(taken) < MAX_BATCH and arrivals[0] <= begins:
            taken.append(arrivals.popleft())
        took = batch.seconds(len(taken))
        free_at, busy, batches = begins + took, busy + took, batches + 1
        waits += [free_at - arrived for arrived in taken]
    waits.sort()
    return Outcome(
        commands / batches, busy / free_at, waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    )


def highest_rate(batch: Batch, p99_seconds: float) -> float:
    """Return the highest rate at which 99 of 100 commands are answered within this time."""
    low, high = LOWEST_RATE, MAX_BATCH / batch.seconds(MAX_BATCH)
    if simulate(batch, low).p99_seconds > p99_seconds:
        return 0.0
    while high - low > 0.01 * high:
        middle = (low + high) / 2
        if simulate(batch, middle).p99_seconds <= p99_seconds:
            low = middle
        else:
            high = middle
    return low


def _arrivals(rate: float, commands: int) -> Iterator[float]:
    rng, at = random.Random(1), 0.0
    for _ in range(commands):
        at += rng.expovariate(rate)
        yield at
