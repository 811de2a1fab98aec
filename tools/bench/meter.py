"""What the server's processes spend over a while, read by the process that puts load on them."""

import time
from typing import TypedDict

from tools.bench.process_stats import ByKind, Pids, busy_seconds, cpu_seconds, own_cpu_seconds


class Usage(TypedDict):
    """CPU over a while. `others_cores` is what was neither the server nor the bench."""

    seconds: float
    server_seconds: float
    by_kind: ByKind
    load_cores: float
    others_cores: float


class Meter:
    """Reads CPU times at the beginning and at the end of a while."""

    def __init__(self, server: Pids, helpers: Pids | None = None) -> None:
        """Take the server's processes, and further ones of the bench itself."""
        self._server, self._helpers = server, helpers or {}
        self.begin()

    def begin(self) -> None:
        """Count from now on."""
        self._before = self._read()

    def usage(self) -> Usage:
        """Return what was spent since the beginning."""
        (at, server, bench, busy), now = self._before, self._read()
        seconds = now[0] - at
        by_kind = {kind: spent - server.get(kind, 0.0) for kind, spent in now[1].items()}
        spent, load = sum(by_kind.values()), now[2] - bench
        return {
            "seconds": seconds, "server_seconds": spent, "by_kind": by_kind,
            "load_cores": load / seconds,
            "others_cores": max(now[3] - busy - spent - load, 0.0) / seconds,
        }

    def _read(self) -> tuple[float, ByKind, float, float]:
        helpers = sum(cpu_seconds(self._helpers).values()) if self._helpers else 0.0
        return (
            time.perf_counter(), cpu_seconds(self._server), own_cpu_seconds() + helpers,
            busy_seconds(),
        )
