"""A simulation of a process of the session service, and of gateways that send it batches.

There is no simple formula for it: the longer a batch takes, the larger is the next one, and the
less each command costs.
"""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_BATCH = 64  # of a gateway's call
GATEWAYS = 2  # that send to one process
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


@dataclass
class _Gateway:
    """The commands of a gateway that wait, by the time of each, and those of its call."""

    waiting: deque[float] = field(default_factory=deque)
    call: list[float] = field(default_factory=list)

    def send(self) -> None:
        """Make a call of the commands that wait."""
        self.call = [self.waiting.popleft() for _ in range(min(len(self.waiting), MAX_BATCH))]


def simulate(
    batch: Batch, rate: float, commands: int = SIMULATED_COMMANDS, gateways: int = GATEWAYS
) -> Outcome:
    """Have commands come at random at a rate, in commands a second, and serve them in batches.

    As in reality, a gateway has one call under way, and sends with the next one all that has come
    meanwhile. The process serves the calls one after another.
    """
    arrivals, waits = deque(_arrivals(rate, commands, gateways)), list[float]()
    senders = [_Gateway() for _ in range(gateways)]
    calls: deque[_Gateway] = deque()  # the first is served
    now = free_at = busy = 0.0
    batches = 0
    while arrivals or calls:
        if not calls or (arrivals and arrivals[0][0] <= free_at):
            now, number = arrivals.popleft()
            sender = senders[number]
            sender.waiting.append(now)
            if sender.call:
                continue
        else:
            now, sender = free_at, calls.popleft()
            waits += [now - arrived for arrived in sender.call]
        sender.send()
        if sender.call:
            calls.append(sender)
        if calls and free_at <= now:
            took = batch.seconds(len(calls[0].call))
            free_at, busy, batches = now + took, busy + took, batches + 1
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


def _arrivals(rate: float, commands: int, gateways: int) -> Iterator[tuple[float, int]]:
    rng, at = random.Random(1), 0.0
    for _ in range(commands):
        at += rng.expovariate(rate)
        yield at, rng.randrange(gateways)
