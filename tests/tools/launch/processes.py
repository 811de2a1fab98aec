"""The processes of this machine, from /proc."""

import time
from collections.abc import Callable
from pathlib import Path


def with_folder(folder: Path) -> dict[int, str]:
    """Return the ids and commands of processes that have this folder in their environment."""
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
    """Return whether a condition holds now, or within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
