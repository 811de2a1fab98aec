"""What tests of the pages are given: figures as a set of engines measures them."""

import pytest

from tools.bench.steps import FULL

MACHINE = {
    "processor": "a processor", "cores": 2, "memory_gib": 8.0, "system": "Linux", "python": "3.11",
}
BY_KIND = {"gateway": 0.2, "sessions": 0.4, "broker": 0.1, "postgres": 0.1, "redis": 0.0}
MOVES = {
    "moves_per_second": 900.0, "games_per_second": 9.0, "opponent_p50_ms": 2.0,
    "opponent_p99_ms": 8.0, "cpu_ms": 0.8, "cpu_ms_by_kind": BY_KIND, "server_cores": 1.5,
    "load_cores": 0.1, "others_cores": 0.02, "errors": 0,
}
UNIT = {"cpu_ms": 9.0, "cpu_ms_by_kind": BY_KIND, "per_second": 100.0, "others_cores": 0.02}
IDLE = {"cores": 0.04, "cores_by_kind": BY_KIND, "others_cores": 0.02}
FLOOR = {"microseconds": 160.0, "server_cpu": 60.0, "client_cpu": 60.0}


@pytest.fixture
def figures():
    """Return figures as a set measures them."""
    moves = {step.name: MOVES for step in FULL if "moves" in step.name or "games" in step.name}
    return {
        "machine": MACHINE, **moves, "paced": MOVES,
        "moves_1": {**MOVES, "cpu_ms_by_kind": {**BY_KIND, "sessions": 1.0}},
        "stock": {"calls_per_second": 300.0}, "idle": IDLE, "idle_crowd": IDLE,
        "floors": dict.fromkeys(
            ("message", "commit", "echo", "paced_move", "queue", "queue_end"), FLOOR,
        ),
        "registrations": UNIT, "connections": UNIT, "beginnings": UNIT,
        "long_game": {"early_ms": 3.0, "late_ms": 3.1},
        "profile": {
            "sessions": {"sessions/match.py": 90.0, "nameko": 10.0, "sessions/storage/x.py": 10.0},
        },
        "memory": {"kib": 60.0, "kib_by_kind": {"gateway": 50.0, "broker": 10.0}},
        "herd": {
            "players": 100, "back": 99, "seconds": 40.0, "per_second": 200.0,
            "failures": {"Refused: try again": 7}, "ended": 1, "turns": 12,
            "cpu_ms_by_kind": BY_KIND,
        },
        "lists": {"sessions.list": 0.5, "rooms.list": 0.25},
        "searches": {"add_ms": 0.1, "tick_ms": 0.02},
    }
