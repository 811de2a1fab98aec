"""`make bench`: the whole path against stock Nameko, side by side on this machine, as a table."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.launch.polling import wait_while
from tools.launch.ports import free_ports
from tools.launch.settings import without_locations
from tools.launch.stack import Stack

ROOT = Path(__file__).resolve().parent.parent.parent
GAMES = (1, 10, 50)
CALLERS = (1, 10)
CROWDS = (10, 2000)
PATIENCE = 300


def main() -> None:
    """Start a server of its own, measure, print, and leave nothing behind."""
    arguments = argparse.ArgumentParser(prog="bench", description=__doc__)
    arguments.add_argument("--seconds", type=float, default=8, help="for each measurement")
    seconds = arguments.parse_args().seconds
    with own_server() as stack:
        report(Bench(stack, seconds))


@contextmanager
def own_server() -> Iterator[Stack]:
    """A server for the time of the block, on which one address may ask as often as it likes."""
    with tempfile.TemporaryDirectory(prefix="arbiter-bench-") as folder:
        settings = {"PORT": str(free_ports(1)[0]), "RATE_LIMITS": "off"}
        with Stack(Path(folder), {**without_locations(os.environ), **settings}) as stack:
            progress("Starting a server of its own")
            stack.start()
            wait_while(stack.problem, 120)
            yield stack


class Bench:
    """The measurements, each by a process of its own."""

    def __init__(self, stack: Stack, seconds: float):
        self._stack, self._seconds = stack, seconds
        self._socket_url = stack.url.replace("http", "ws", 1) + "/ws"

    def noop(self) -> float:
        """Calls a second that stock Nameko answers at best."""
        uri = self._stack.settings["AMQP_URI"]
        command = [sys.executable, "-m", "nameko", "run", "--broker", uri, "tools.bench.noop"]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as service:
            try:
                time.sleep(2)
                rates = self._run("tools.bench.noop", uri, str(self._seconds), *map(str, CALLERS))
                return max(map(float, rates.split()))
            finally:
                service.terminate()

    def work(self, *arguments: str) -> dict:
        """One measurement of `tools.bench.work`."""
        return json.loads(self._run("tools.bench.work", arguments[0], self._socket_url, *arguments[1:]))

    def begin(self, *arguments: str) -> subprocess.Popen:
        """A measurement of `tools.bench.work` that goes on for long: it writes its result when it ends.
        """
        command = [sys.executable, "-W", "ignore", "-m", "tools.bench.work", arguments[0]]
        return subprocess.Popen(
            [*command, self._socket_url, *arguments[1:]], cwd=ROOT, stdout=subprocess.PIPE,
            text=True,
        )

    def moves(self, games: int) -> dict:
        return self.work("moves", str(games), str(self._seconds))

    def crowd(self, connections: int) -> dict:
        return self.work("crowd", str(connections), "10", str(self._seconds))

    def memory(self, connections: int) -> dict:
        processes = self._stack.supervisor.pids()
        gateways = [str(processes[name]) for name in processes if name.startswith("gateway")]
        return self.work("memory", str(connections), *gateways)

    def _run(self, module: str, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", module, *arguments], cwd=ROOT, check=True,
            timeout=PATIENCE, stdout=subprocess.PIPE, text=True,
        ).stdout


def report(bench: Bench) -> None:
    """Measure everything and print the table."""
    progress("Stock Nameko, calls that do nothing")
    noop = bench.noop()
    rows = [("stock Nameko, a call that does nothing", f"{noop:.0f} calls/s", "1.00")]
    for games in GAMES:
        progress(f"Whole moves, {games} games at once")
        measured = bench.moves(games)
        rate = measured["moves_per_second"]
        rows.append((f"whole moves, {games} games", f"{rate:.0f} moves/s", f"{rate / noop:.2f}"))
        rows.append(
            (
                "  until the opponent has it",
                f"p50 {measured['opponent_p50']:.1f} ms, p99 {measured['opponent_p99']:.1f} ms", "",
            )
        )
    crowds = {}
    for connections in CROWDS:
        progress(f"Moves beside {connections} connections that must not hear them")
        crowds[connections] = bench.crowd(connections)["moves_per_second"]
    few, many = CROWDS
    rows.append((f"10 games beside {few} others", f"{crowds[few]:.0f} moves/s", ""))
    ratio = f"{crowds[many] / crowds[few]:.2f} of the former"
    rows.append((f"10 games beside {many} others", f"{crowds[many]:.0f} moves/s", ratio))
    progress(f"Memory of the gateway at {many} idle connections")
    held = bench.memory(many)
    rows.append(("memory per idle connection", f"{held['kib_per_connection']:.0f} KiB", ""))
    print()
    for name, value, compared in rows:
        print(f"{name:42} {value:>28}   {compared}")


def progress(step: str) -> None:
    print(f"{step}...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
