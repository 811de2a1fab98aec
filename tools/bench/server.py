"""The server that is measured, and the processes that put load on it."""

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tools.bench.loads import LastingLoad, run
from tools.bench.machine import raise_open_files
from tools.bench.players import make_players
from tools.bench.process_stats import Pids, cpu_seconds, with_supervisor
from tools.bench.setup import Setup
from tools.launch.polling import wait_while
from tools.launch.ports import free_ports
from tools.launch.processes import SERVICES, gateway_programs, service_programs
from tools.launch.program import Program
from tools.launch.settings import completed, instances, without_locations
from tools.launch.stack import Stack

START_TIMEOUT_SECONDS = 120
SETTLE_TIMEOUT_SECONDS = 15
SETTLED_CORES = 0.15
SETTLE_INTERVAL_SECONDS = 0.5
SETTINGS = {
    "RATE_LIMITS": "off",
    # Long enough for a herd that comes back slowly: deadlines are not what is measured.
    "GRACE": "300",
}
# The watch over games winds up the timer by which the profiler samples.
PROFILED_SETTINGS = {"GAME_TIMEOUT": "0"}


@contextmanager
def own_server(
    environment: Mapping[str, str] | None = None, profiles: Path | None = None
) -> Iterator[Stack]:
    """Run a server in a temporary folder, without rate limits, with no data of other servers.

    With a folder for `profiles`, its Python processes can be asked to write one there.
    """
    raise_open_files()
    with tempfile.TemporaryDirectory(prefix="arbiter-bench-") as folder:
        settings = {
            **without_locations(os.environ), **SETTINGS, "PORT": str(free_ports(1)[0]),
            "TOKEN_SECRET": secrets.token_urlsafe(48), **(PROFILED_SETTINGS if profiles else {}),
            **(environment or {}),
        }
        services, gateways = _profiled(settings, profiles) if profiles else (None, None)
        with Stack(Path(folder), settings, services, gateways) as stack:
            progress("Starting a server")
            stack.start()
            wait_while(stack.problem, START_TIMEOUT_SECONDS)
            yield stack


class Bench:
    """Puts load on a server by processes of their own; each makes one measurement."""

    def __init__(self, stack: Stack, players: int) -> None:
        """Take a server that runs, and how many players there are to be."""
        self.stack = stack
        settings = completed(stack.settings, stack.folder)
        self.tokens = make_players(settings, players)

    def measure(
        self, name: str, timeout: float, helpers: Pids | None = None, **options: object
    ) -> Any:
        """Return what a measurement of the load process returns; raises ToolError.

        `helpers` are other processes of the bench that run meanwhile.
        """
        self.settle()
        return run(name, self.save_setup(helpers), timeout, **options)

    def idle_load(self, first_token: int) -> LastingLoad:
        """Start the load process of all players from this one on, who are idle."""
        return LastingLoad("idle", self.save_setup(), first_token=first_token)

    def games_load(self, helpers: Pids | None = None) -> LastingLoad:
        """Start a load process of games that go on; `helpers` as in `measure`."""
        return LastingLoad("games", self.save_setup(helpers))

    def pids(self) -> Pids:
        """Return the server's processes by name, and the supervisor's."""
        return with_supervisor(self.stack.supervisor.pids())

    def settle(self) -> None:
        """Wait until the server has done what the measurement before has left to do."""
        deadline = time.monotonic() + SETTLE_TIMEOUT_SECONDS
        pids = self.pids()
        before = sum(cpu_seconds(pids).values())
        while time.monotonic() < deadline:
            time.sleep(SETTLE_INTERVAL_SECONDS)
            now = sum(cpu_seconds(pids).values())
            if now - before < SETTLED_CORES * SETTLE_INTERVAL_SECONDS:
                return
            before = now

    def save_setup(self, helpers: Pids | None = None) -> Path:
        """Write what load processes are told, and return the file."""
        path = self.stack.folder / "bench.json"
        url = self.stack.url.replace("http", "ws", 1) + "/ws"
        Setup(url, self.tokens, dict(self.pids()), dict(helpers or {})).save(path)
        return path


def progress(step: str) -> None:
    """Print a step to the standard error."""
    print(f"{step}...", file=sys.stderr, flush=True)


def _profiled(settings: Mapping[str, str], folder: Path) -> tuple[list[Program], list[Program]]:
    """Return the services and the gateways of the stack, each run by the profiler."""
    count = instances(settings)
    ports = iter(free_ports((len(SERVICES) + 1) * count))

    def profiled(program: Program) -> Program:
        python, *rest = program.command
        target = str(folder / f"{program.name}.json")
        return replace(program, command=[python, "-m", "tools.bench.profiler", target, *rest])

    return (
        list(map(profiled, service_programs(count, ports))),
        list(map(profiled, gateway_programs(count, ports))),
    )
