"""`make bench`: the whole path of a move and stock Nameko, measured side by side, as a table."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tools.bench.server import GAMES_BESIDE_IDLE, Bench, own_server, progress

GAMES = (1, 10, 50)
FEW_CONNECTIONS = 10


@dataclass(frozen=True)
class Row:
    """A row of the table: what was measured, the value, and its ratio to something else."""

    name: str
    value: str
    ratio: str = ""

    def __str__(self) -> str:
        return f"{self.name:42} {self.value:>28}   {self.ratio}"


class Report:
    """The rows of the table, in groups that are measured one after another."""

    def __init__(self, bench: Bench, connections: int) -> None:
        self._bench, self._connections = bench, connections

    def groups(self) -> list[Callable[[], Iterator[Row]]]:
        """Return the groups in their order; each measures when its rows are taken."""
        return [self.stock_calls, self.moves, self.moves_beside_idle, self.memory]

    @cached_property
    def _stock_rate(self) -> float:
        progress("Stock Nameko, calls that do nothing")
        return self._bench.stock_calls_per_second()

    def stock_calls(self) -> Iterator[Row]:
        """Measure the yardstick."""
        value = f"{self._stock_rate:.0f} calls/s"
        yield Row("stock Nameko, a call that does nothing", value, "1.00")

    def moves(self) -> Iterator[Row]:
        """Measure whole moves in few and in many games."""
        for games in GAMES:
            progress(f"Whole moves, {games} games at a time")
            measured = self._bench.moves(games)
            rate = measured["moves_per_second"]
            ratio = f"{rate / self._stock_rate:.2f}"
            yield Row(f"whole moves, {games} games", f"{rate:.0f} moves/s", ratio)
            p50, p99 = measured["opponent_p50_ms"], measured["opponent_p99_ms"]
            yield Row("  until the opponent has it", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms")

    def moves_beside_idle(self) -> Iterator[Row]:
        """Measure what connections cost that must not hear of a move."""
        rates = []
        for connections in (FEW_CONNECTIONS, self._connections):
            progress(f"Moves beside {connections} connections that must not hear of them")
            rates.append(self._bench.moves_beside_idle(connections)["moves_per_second"])
            ratio = f"{rates[-1] / rates[0]:.2f} of the former" if len(rates) > 1 else ""
            name = f"{GAMES_BESIDE_IDLE} games beside {connections} others"
            yield Row(name, f"{rates[-1]:.0f} moves/s", ratio)

    def memory(self) -> Iterator[Row]:
        """Measure the memory of idle connections."""
        progress(f"Memory of the gateways at {self._connections} idle connections")
        kib = self._bench.memory(self._connections)["kib_per_connection"]
        yield Row("memory per idle connection", f"{kib:.0f} KiB")


def main() -> None:
    """Measure a server that is started for it, and print the table."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8, help="for each measurement")
    parser.add_argument("--connections", type=int, default=2000, help="that are open and idle")
    options = parser.parse_args()
    with own_server() as stack:
        report = Report(Bench(stack, options.seconds), options.connections)
        rows = [row for group in report.groups() for row in group()]
    print()
    print("\n".join(map(str, rows)))


if __name__ == "__main__":
    main()
