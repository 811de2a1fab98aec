"""What is told of the players who come back after a gateway's death."""

from typing import Any

from tools.bench.goals import Figures
from tools.bench.report import sections
from tools.bench.report.tables import markdown, number

TEXT = """Each connection has a queue of its own in the broker, which dies with the gateway. The
broker deletes the queues of the dead one before it declares any other, and then it declares one for
each player who comes back. Both are done one after the other, and so what the two take, with
nothing else to do, bounds how many come back in a second. It depends on the file system of the
broker's data, as each queue is a folder with a file: a queue takes from 1.0 to 1.3 ms on ext4 with
a journal or in memory. Where ext4 has no journal, it passes over every file that was deleted within
the last minutes to make a new one near by, and a queue takes 1.1 to 3 ms. `make run` therefore has
it distribute the folders of queues over the disk (`chattr +T`): then a queue takes 1.2 ms.
The end of a queue costs 0.6 ms of CPU with ten threads for files, which is Erlang's own number:
they compete for the one folder that holds those of the queues. With two (`+SDio 2`), as `make run`
starts its broker, it is 0.2 ms. Of what a queue takes, each of its two bindings is 0.08 ms and its
consumer 0.02 ms. The rest is its declaration, more than half of it in the kernel: the broker hands
each operation on files to another thread. To declare it with other arguments saves nothing.
The handshake by eventlet, Flask and flask-sock takes 0.3 ms of the gateway. A call for many holds
14 to 31 players; to make calls at most every 60 ms, for more players each, saves nothing.
A turn costs a second request. As connections wait in line before any turns are given, 0.2 of them
are given for each player; with none in line it is 1.1.
At 500 a second, two cores have 4 ms for a player, of which this is half or more; the rest has to do
for the gateway (a handshake and two requests), `auth`, `sessions`, their stores and the load. To be
faster takes a core for the broker alone, more than one broker, or one that keeps no folder for a
queue."""


def section(figures: Figures) -> str:
    """Return who came back, what that cost, and what the queues alone would allow."""
    found = sections.measured_of(figures, ("herd", "floors"))
    if "herd" not in found:
        return ""
    herd = found["herd"]
    failures = ", ".join(f"{number(each)} x {reason}" for reason, each in herd["failures"].items())
    lines = [
        f"{number(herd['back'])} of {number(herd['players'])} players were back "
        f"{number(herd['seconds'], 1)} s after the kill, {number(herd['per_second'])} a second.",
    ]
    if "turns" in herd:
        lines.append(
            f"{number(herd['ended'])} of their games had ended. Turns that the server gave: "
            f"{number(herd['turns'])}."
        )
    lines += [f"Tries that failed: {failures or 'none'}.", _queues(found.get("floors", {}))]
    return "\n\n".join(filter(None, [" ".join(filter(None, lines)), _cpu(herd)]))


def _queues(floors: dict[str, Any]) -> str:
    if "queue" not in floors:
        return ""
    begins, ends = (floors[name]["microseconds"] / 1000 for name in ("queue", "queue_end"))
    return (
        f"With nothing else to do, the broker takes {number(begins, 2)} ms for a queue and "
        f"{number(ends, 2)} ms for its end: {number(1000 / (begins + ends))} a second."
    )


def _cpu(herd: dict[str, Any]) -> str:
    by_kind = herd.get("cpu_ms_by_kind")
    if not by_kind:
        return ""
    kinds = sorted(by_kind, key=lambda kind: -by_kind[kind])
    rows = [[kind, number(by_kind[kind], 2)] for kind in kinds if by_kind[kind] >= 0.005]
    return markdown(
        ["", "CPU of a player, ms"], [*rows, ["all", number(sum(by_kind.values()), 2)]]
    )
