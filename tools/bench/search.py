"""What searches cost a searcher where many wait: `python -m tools.bench.search`, as a table.

Three kinds of players wait, of whom nobody meets anybody: in one pool with ratings far apart, in
one pool with close ratings where each player's own range lets nobody in, and in a pool each.
Measured are a search that is added and waits too, all timers when nothing has changed, and the same
when one search has.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

from extensions.storage.redis_client import RedisClient
from searcher.matching import Windows
from searcher.memory_tables import MemoryTables
from searcher.redis_tables import RedisTables
from searcher.search import Search
from searcher.storage import SearchStore
from searcher.tables import Tables
from tools.launch.redis import Redis

NOW = 1_700_000_000.0
WINDOWS = Windows(first=100, widening=60)
EXPIRY_SECONDS = 300
ADDED = 200
TICKS = 20
COLUMNS = ("tables", "players", "add p50", "add max", "quiet tick", "tick of one", "memory")
MakeSearch = Callable[[int], Search]


def far_apart(number: int) -> Search:
    """Return a search whose rating is far from all others."""
    return _search(number, rating=200.0 * number)


def own_ranges(number: int) -> Search:
    """Return a search among close ratings that lets nobody else in."""
    return _search(number, random.Random(number).gauss(1500, 300), rating_range=0.0)


def pool_each(number: int) -> Search:
    """Return a search for what nobody else asks for."""
    return _search(number, rating=1500.0, initial=number)


def _search(
    number: int, rating: float, rating_range: float | None = None, initial: int = 300
) -> Search:
    options = {"clock": {"initial": initial, "increment": 0}, "rated": True}
    return Search(
        f"player-{number}", "dobutsu", options, rating, rating_range, NOW, f"connection-{number}",
        NOW + EXPIRY_SECONDS,
    )


def measure(tables: Tables, make_search: MakeSearch, waiting: int) -> Iterator[float]:
    """Fill a store, and yield milliseconds: of an addition in the middle and at most, of ticks."""
    store = SearchStore(tables, WINDOWS)
    for number in range(waiting):
        assert store.add(make_search(number), NOW) is None
    added = [
        milliseconds(partial(store.add, make_search(number), NOW))
        for number in range(waiting, waiting + ADDED)
    ]
    yield statistics.median(added)
    yield max(added)
    tick(store)
    yield statistics.median(milliseconds(lambda: tick(store)) for _ in range(TICKS))
    changed = []
    for number in range(TICKS):
        store.put_back([search for search in [store.remove(f"player-{number}")] if search])
        changed.append(milliseconds(lambda: tick(store)))
    yield statistics.median(changed)


def tick(store: SearchStore) -> None:
    """Do what the timers of a searcher do each second."""
    assert store.match_all(NOW) == []
    store.proposals.expire(NOW)
    store.drop_abandoned(NOW)
    store.expire_searches(NOW - EXPIRY_SECONDS)
    store.proposals.unannounced(NOW - 3, NOW)
    store.unfinished(NOW - 3)


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def addition(in_redis: bool, waiting: int) -> dict[str, float]:
    """Return what a search that is added costs where many wait, and a second's timers."""
    with redis_client() if in_redis else nullcontext() as client:
        tables = RedisTables(client) if client else MemoryTables()
        add, _, quiet, _ = measure(tables, own_ranges, waiting)
    return {"add_ms": add, "tick_ms": quiet}


@contextmanager
def redis_client() -> Iterator[RedisClient]:
    """Return a client of a Redis that is started for it."""
    with tempfile.TemporaryDirectory(prefix="arbiter-bench-") as folder:
        with Redis(Path(folder)) as server:
            client = RedisClient(server.uri())
            yield client
            client.close()


def memory_of_process() -> float:
    """Return the MiB that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def report(tables: str, make_search: MakeSearch, figures: list[float], mib: float) -> None:
    """Print a row."""
    players = make_search.__name__.replace("_", " ")
    cells = [tables, players, *(f"{each:.2f} ms" for each in figures)]
    print("| " + " | ".join([*cells, f"{mib:.0f} MiB"]) + " |", flush=True)


def main() -> None:
    """Measure each kind of players in memory and in Redis."""
    arguments = argparse.ArgumentParser(prog="bench.search", description=__doc__)
    arguments.add_argument("--waiting", type=int, default=10_000, help="searches that wait")
    waiting = arguments.parse_args().waiting
    print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS))
    for make_search in (far_apart, own_ranges, pool_each):
        before = memory_of_process()
        figures = list(measure(MemoryTables(), make_search, waiting))
        report("in memory", make_search, figures, memory_of_process() - before)
    with redis_client() as client:
        for make_search in (far_apart, own_ranges, pool_each):
            client.call(lambda redis: redis.flushdb())
            before = client.call(lambda redis: redis.info("memory"))["used_memory"]
            figures = list(measure(RedisTables(client), make_search, waiting))
            after = client.call(lambda redis: redis.info("memory"))["used_memory"]
            report("in Redis", make_search, figures, (after - before) / 2**20)


if __name__ == "__main__":
    main()
