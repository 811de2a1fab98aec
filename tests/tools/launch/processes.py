"""What runs on this machine, as /proc tells."""

import time
from collections.abc import Callable
from pathlib import Path


def of(folder: Path) -> dict[int, str]:
    """Return the processes that have this folder in their environment: their ids and commands."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (process / "environ").read_bytes():
                found[int(process.name)] = command_of(process)
        except OSError:  # it has ended, or is another user's
            continue
    return found


def command_of(process: Path) -> str:
    """Return a process's command as one line."""
    return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()


def eventually(holds: Callable[[], object], timeout: float = 15) -> bool:
    """Return whether it holds, now or within so many seconds."""
    give_up = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True
