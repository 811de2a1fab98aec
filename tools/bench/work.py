"""What the load process does: one measurement, printed as JSON. `python -m tools.bench.work NAME ...`"""

import eventlet

eventlet.monkey_patch()

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402

from tools.bench import load  # noqa: E402
from tools.bench.processes import resident  # noqa: E402

HELD_BY = 20  # players who share the idle connections among them


def moves(url: str, games: str, seconds: str) -> dict:
    """Moves with so many games at once."""
    return load.measure(url, int(games), float(seconds))


def crowd(url: str, connections: str, games: str, seconds: str) -> dict:
    """Moves while so many connections are there that must not hear of them."""
    tokens = [load.registered(url).tokens["access_token"] for _ in range(HELD_BY)]
    held = load.idle(url, tokens, int(connections))
    return {**load.measure(url, int(games), float(seconds)), "idle": len(held)}


def memory(url: str, connections: str, *processes: str) -> dict:
    """What one idle connection costs the gateways, in KiB of resident memory."""
    tokens = [load.registered(url).tokens["access_token"] for _ in range(HELD_BY)]
    warm = load.idle(url, tokens, 50)
    before = sum(map(resident, map(int, processes)))
    held = load.idle(url, tokens, int(connections))
    eventlet.sleep(1)
    after = sum(map(resident, map(int, processes)))
    return {"kib_per_connection": (after - before) / len(held), "idle": len(held) + len(warm)}


def soak(url: str, games: str, moves_per_second: str, seconds: str) -> dict:
    """Games at a given rate, each on connections of its own; how many moves and games it was."""
    return load.soak(url, int(games), float(moves_per_second), float(seconds))


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    measurements = {"moves": moves, "crowd": crowd, "memory": memory, "soak": soak}
    print(json.dumps(measurements[name](*arguments)))
    sys.stdout.flush()
    os._exit(0)  # sockets and greenthreads of the load need no farewell
