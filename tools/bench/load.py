"""The load process: makes one measurement and prints its result as JSON.

`python -m tools.bench.load NAME URL ARGUMENTS...` calls the function of that name.
"""

import eventlet

eventlet.monkey_patch()

import json  # noqa: E402
import os  # noqa: E402
import random  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

from tools.bench.client import Player, idle_clients  # noqa: E402
from tools.bench.play import Tally, long_scripts, play_on, play_on_new_connections  # noqa: E402
from tools.bench.process_stats import resident_kib  # noqa: E402
from tools.bench.results import Memory, Moves, Played  # noqa: E402

WARM_UP_SECONDS = 2.0
SCRIPTS = 10
IDLE_PLAYERS = 20  # who share the idle connections among them
WARM_UP_CONNECTIONS = 50


def moves(url: str, games: str, seconds: str) -> Moves:
    """Play so many games at a time, as fast as the server answers."""
    tally, scripts = Tally(), long_scripts(SCRIPTS, random.Random(1))
    for pair in [(Player(url), Player(url)) for _ in range(int(games))]:
        eventlet.spawn(play_on, pair, scripts, tally)
    eventlet.sleep(WARM_UP_SECONDS)
    tally.begin()
    eventlet.sleep(float(seconds))
    rate, waits = tally.moves_per_second, sorted(tally.opponent_seconds)
    tally.running = False
    return {
        "moves_per_second": rate,
        "opponent_p50_ms": 1000 * waits[len(waits) // 2],
        "opponent_p99_ms": 1000 * waits[int(len(waits) * 0.99)],
    }


def moves_beside_idle(url: str, connections: str, games: str, seconds: str) -> Moves:
    """Play while so many connections are open that must not hear of the games."""
    held = idle_clients(url, _tokens(url), int(connections))
    assert len(held) == int(connections)  # and they are kept until here
    return moves(url, games, seconds)


def memory(url: str, connections: str, *gateways: str) -> Memory:
    """Open so many idle connections to the gateways with these process ids."""
    pids, tokens = list(map(int, gateways)), _tokens(url)
    held = idle_clients(url, tokens, WARM_UP_CONNECTIONS)
    before = sum(map(resident_kib, pids))
    held += idle_clients(url, tokens, int(connections))
    eventlet.sleep(1)
    return {"kib_per_connection": (sum(map(resident_kib, pids)) - before) / int(connections)}


def paced(url: str, games: str, moves_per_second: str, seconds: str) -> Played:
    """Play so many games at a time at a rate, each game on new connections."""
    tally = Tally(pause=int(games) / float(moves_per_second))
    scripts = long_scripts(SCRIPTS, random.Random(1))
    pairs = [(Player(url), Player(url)) for _ in range(int(games))]
    players = [
        eventlet.spawn(play_on_new_connections, url, pair, scripts, tally) for pair in pairs
    ]
    tally.begin()
    eventlet.sleep(float(seconds))
    tally.running = False
    for each in players:
        each.wait()
    return {"moves": tally.moves, "games": tally.games}


def _tokens(url: str) -> list[str]:
    return [Player(url).tokens["access_token"] for _ in range(IDLE_PLAYERS)]


MEASUREMENTS: dict[str, Callable[..., Any]] = {
    each.__name__: each for each in (moves, moves_beside_idle, memory, paced)
}

if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    print(json.dumps(MEASUREMENTS[name](*arguments)))
    sys.stdout.flush()
    os._exit(0)  # without closing thousands of sockets
