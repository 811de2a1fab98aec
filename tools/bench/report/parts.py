"""What each part of a move costs in each process, and what its floor is."""

from typing import Any

from tools.bench.goals import Figures
from tools.bench.report.sections import measured_of
from tools.bench.report.tables import markdown, number

PROCESSES = ("gateway", "sessions")
ENGINES = {"broker": "messages through the broker", "postgres": "database"}
OTHER = "eventlet, other libraries, and the rest"
# The first part of which a module's path has a beginning.
PARTS = {
    "sockets of clients, WebSocket frames": (
        "gateway/connection/frames", "gateway/connection/reliable_socket",
        "gateway/connection/send_queue", "gateway/connection/socket_takeover",
        "gateway/connection/transport", "gateway/connection/websocket", "gateway/http",
    ),
    "messages through the broker": (
        "extensions/amqp", "extensions/rpc", "extensions/waiter", "extensions/outbox",
        "extensions/container", "extensions/worker_pool", "gateway/broker", "sessions/messages",
    ),
    "database": ("extensions/storage", "sessions/storage"),
    "JSON": ("extensions/json_codec",),
    "rules of the game": ("arbiter_games", "sessions/limited_game", "sessions/game_"),
    "requests and events: checks, order, who hears what": ("gateway/",),
    "commands: what each does to a session": ("sessions/",),
    "logs, metrics, request ids": (
        "extensions/observability", "extensions/request_id", "extensions/clock",
    ),
    OTHER: ("",),
}
FLOORS = {
    "sockets of clients, WebSocket frames": "echo", "messages through the broker": "message",
    "database": "commit",
}
TEXT = """The samples below, added up by what the modules do: microseconds of CPU for a move in 50
games, in the two processes and the engines that a move passes through. A floor is the CPU of one
operation alone, of both sides: a frame through a socket and back, a message that is published and
consumed, a row that is inserted and committed. A move alone needs one commit, three messages (the
request, its reply and the event), and a frame from its player, one back, and one to each of the
two. Many moves at once share messages and commits, so that a part may cost less than its
floors."""


def part_of(module: str) -> str:
    """Return the part of a move that a module belongs to."""
    return next(part for part, begins in PARTS.items() if module.startswith(begins))


def section(figures: Figures) -> str:
    """Return what each part costs in each process, and its floor."""
    found = measured_of(figures, ("profile", "moves_50", "floors"))
    if not {"profile", "moves_50"} <= found.keys():
        return ""
    columns: dict[str, dict[str, float]] = {
        name: _by_part(found["profile"].get(name, {})) for name in PROCESSES
    }
    engines = found["moves_50"]["cpu_ms_by_kind"]
    columns |= {
        name: {part: 1000 * engines[name]} for name, part in ENGINES.items() if name in engines
    }
    rows = [
        [part, *(_cell(column.get(part)) for column in columns.values()), _floor(part, found)]
        for part in PARTS
    ]
    total = [number(sum(column.values())) for column in columns.values()]
    return markdown(["part of a move", *columns, "floor"], [*rows, ["all", *total, ""]])


def _by_part(places: dict[str, float]) -> dict[str, float]:
    parts: dict[str, float] = {}
    for module, microseconds in places.items():
        part = part_of(module)
        parts[part] = parts.get(part, 0.0) + microseconds
    return parts


def _cell(microseconds: float | None) -> str:
    return "" if microseconds is None else number(microseconds)


def _floor(part: str, found: dict[str, Any]) -> str:
    floor = found.get("floors", {}).get(FLOORS.get(part, ""))
    return "" if floor is None else number(floor["server_cpu"] + floor["client_cpu"])
