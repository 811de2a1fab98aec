"""Measures moves on several servers by turns, a slice of each at a time.

The speed of a virtual machine changes within seconds, and with it what is compared over minutes.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from statistics import fmean
from typing import cast

from tools.bench.figures import Moves
from tools.bench.process_stats import Pids, families
from tools.bench.server import Bench

TURNS_OF_EACH_SERVER = 20
WARM_UP_SECONDS = 0.3  # of each slice, with the pings that are late
TIMEOUT_SECONDS = 60.0


def games_in_turn(
    benches: Sequence[Bench], helpers: Pids, games: int, seconds: float
) -> list[Moves]:
    """Play so many games on each server, which go on while it has its turn; return what each did.

    `helpers` are other processes of the bench.
    """
    with ExitStack() as held:
        loads = [held.enter_context(each.games_load(helpers)) for each in benches]
        for bench, load in zip(benches, loads, strict=True):
            bench.settle()
            load.ask("begin", games, timeout=TIMEOUT_SECONDS)
        return measure_in_turn(
            [
                {**each.stack.supervisor.pids(), "load": load.pid}
                for each, load in zip(benches, loads, strict=True)
            ],
            lambda index: loads[index].ask(
                "measure", WARM_UP_SECONDS, seconds, timeout=TIMEOUT_SECONDS
            ),
        )


def measure_in_turn(
    servers: Sequence[Pids], measure: Callable[[int], Moves], rounds: int = TURNS_OF_EACH_SERVER
) -> list[Moves]:
    """Measure each server, by its index, once a round; return the means of each.

    The order is turned round with each round. The processes of all others are stopped meanwhile.
    """
    slices: list[list[Moves]] = [[] for _ in servers]
    order = list(range(len(servers)))
    for _ in range(rounds):
        for index in order:
            with ExitStack() as others:
                for other in order:
                    if other != index:
                        others.enter_context(stopped(servers[other]))
                slices[index].append(measure(index))
        order.reverse()
    return list(map(mean, slices))


@contextmanager
def stopped(server: Pids) -> Iterator[None]:
    """Stop the processes of a server for a few seconds."""
    members = [member for family in families(server.values()).values() for member in family]
    try:
        _send(members, signal.SIGSTOP)
        yield
    finally:
        _send(members, signal.SIGCONT)


def _send(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # PostgreSQL's processes come and go
            os.kill(pid, number)


def mean(slices: Sequence[Moves]) -> Moves:
    """Return the mean of each figure, percentiles too, and the number of all errors."""
    kinds = {kind for each in slices for kind in each["cpu_ms_by_kind"]}
    scalars = slices[0].keys() - {"cpu_ms_by_kind", "errors"}
    return cast(Moves, {
        **{name: fmean(cast(dict[str, float], each)[name] for each in slices) for name in scalars},
        "cpu_ms_by_kind": {
            kind: fmean(each["cpu_ms_by_kind"].get(kind, 0.0) for each in slices) for kind in kinds
        },
        "errors": sum(each["errors"] for each in slices),
    })
