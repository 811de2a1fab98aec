"""The server that is measured, and the processes that put load on it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.bench.results import Memory, Moves
from tools.demo.client import Client, Closed, Refused
from tools.demo.players import register
from tools.launch.polling import wait_while
from tools.launch.ports import free_ports
from tools.launch.settings import without_locations
from tools.launch.stack import Stack

ROOT = Path(__file__).resolve().parent.parent.parent
START_TIMEOUT_SECONDS = 120
MEASUREMENT_TIMEOUT_SECONDS = 300
SETTLE_TIMEOUT_SECONDS = 60
STOCK_CALLERS = (1, 10)
GAMES_BESIDE_IDLE = 10


@contextmanager
def own_server() -> Iterator[Stack]:
    """Run a server in a temporary folder, without rate limits, with no data of other servers."""
    with tempfile.TemporaryDirectory(prefix="arbiter-bench-") as folder:
        settings = {"PORT": str(free_ports(1)[0]), "RATE_LIMITS": "off"}
        with Stack(Path(folder), {**without_locations(os.environ), **settings}) as stack:
            progress("Starting a server")
            stack.start()
            wait_while(stack.problem, START_TIMEOUT_SECONDS)
            yield stack


class Bench:
    """The measurements of a server, each made by a process of its own for some seconds."""

    def __init__(self, stack: Stack, seconds: float) -> None:
        self._stack, self._seconds = stack, seconds
        self._url = stack.url.replace("http", "ws", 1) + "/ws"

    def stock_calls_per_second(self) -> float:
        """Return the best rate of empty calls that stock Nameko answers on the same broker."""
        uri, module = self._stack.settings["AMQP_URI"], "tools.bench.stock_nameko"
        command = [sys.executable, "-m", "nameko", "run", "--broker", uri, module]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as service:
            try:
                time.sleep(2)
                rates = _output(module, uri, self._seconds, *STOCK_CALLERS)
                return max(map(float, rates.split()))
            finally:
                service.terminate()

    def moves(self, games: int) -> Moves:
        """Return the rate and the delays of moves in so many games at a time."""
        result: Moves = self._measure("moves", games, self._seconds)
        return result

    def moves_beside_idle(self, connections: int) -> Moves:
        """Return the rate and the delays of moves beside so many idle connections."""
        result: Moves = self._measure(
            "moves_beside_idle", connections, GAMES_BESIDE_IDLE, self._seconds
        )
        return result

    def memory(self, connections: int) -> Memory:
        """Return the gateways' memory for each of so many idle connections."""
        pids = self._stack.supervisor.pids()
        gateways = [pid for name, pid in pids.items() if name.startswith("gateway")]
        result: Memory = self._measure("memory", connections, *gateways)
        return result

    def start(self, name: str, *arguments: object) -> subprocess.Popen[str]:
        """Start a measurement that takes long; it prints its result as JSON when it ends."""
        return subprocess.Popen(
            _command("tools.bench.load", name, self._url, *arguments), cwd=ROOT,
            stdout=subprocess.PIPE, text=True,
        )

    def _registration_problem(self) -> str | None:
        """Return why players can't register; None where they can.

        A measurement leaves up to thousands of queues, which the broker takes seconds to delete.
        """
        try:
            with Client(self._url) as client:
                register(client, "first")
        except (Refused, Closed, OSError) as error:
            return f"The server takes no new players: {error}."
        return None

    def _measure(self, name: str, *arguments: object) -> Any:
        wait_while(self._registration_problem, SETTLE_TIMEOUT_SECONDS, interval=1.0)
        return json.loads(_output("tools.bench.load", name, self._url, *arguments))


def progress(step: str) -> None:
    """Print a step to the standard error."""
    print(f"{step}...", file=sys.stderr, flush=True)


def _output(module: str, *arguments: object) -> str:
    return subprocess.run(
        _command(module, *arguments), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
        timeout=MEASUREMENT_TIMEOUT_SECONDS,
    ).stdout


def _command(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", module, *map(str, arguments)]
