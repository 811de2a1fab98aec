"""The tables of docs/performance.md, each of what a set has measured."""

from collections.abc import Iterable, Mapping
from typing import Any

from tools.bench.goals import Figures, problem
from tools.bench.report.tables import NOT_MEASURED, markdown, number
from tools.bench.steps import FULL, WITHOUT_SERVER

PLACES = 10  # of a profile, by name
KINDS = (
    "gateway", "sessions", "broker", "postgres", "redis", "rooms", "private_rooms", "auth",
    "accounts", "searcher", "supervisor", "epmd",
)
MOVES = {
    "moves_1": "1 game", "moves_10": "10 games", "moves_50": "50 games", "moves_200": "200 games",
    "short_games": "50 games of 12 moves", "paced": "200 games, 200 moves/s",
    "moves_beside_none": "10 games beside nobody", "moves_beside": "10 games beside idle players",
}
UNITS = {
    "beginnings": "a game's beginning", "connections": "a connection", "registrations":
    "a registration",
}
SEARCHES = {
    "add_ms": "a search that is added to 10,000",
    "tick_ms": "what is done each second for 10,000 searches, if none has changed",
}
FLOORS = {
    "message": "publish a message and consume it", "commit": "insert a row and commit",
    "echo": "a frame through a socket and back",
    "paced_move": "the messages and the commit of a move, 200 times a second",
    "queue": "declare a queue, consume it and bind it by two keys",
    "queue_end": "delete it, when its connection breaks",
}


def measured_of(figures: Figures, names: Iterable[str]) -> dict[str, Any]:
    """Return those of the measurements that have figures."""
    return {name: figures[name] for name in names if problem(figures, name) is None}


def moves(figures: Figures) -> str:
    """Return how fast moves were, and what each cost."""
    head = [
        "", "moves/s", "games/s", "CPU a move, ms", "until the opponent has it, p50, ms",
        "p99, ms", "server, cores", "load, cores", "others, cores",
    ]
    return markdown(head, [
        [
            MOVES[name], number(each["moves_per_second"]), number(each["games_per_second"], 1),
            number(each["cpu_ms"], 2), number(each["opponent_p50_ms"], 1),
            number(each["opponent_p99_ms"], 1), number(each["server_cores"], 2),
            number(each["load_cores"], 2), number(each["others_cores"], 2),
        ]
        for name, each in measured_of(figures, MOVES).items()
    ])


def cpu_by_process(figures: Figures) -> str:
    """Return what each kind of process spends on a move, in microseconds."""
    found = measured_of(figures, MOVES)
    columns = {MOVES[name]: each["cpu_ms_by_kind"] for name, each in found.items()}
    return _by_kind(columns, 1000.0, 0)


def units(figures: Figures) -> str:
    """Return what beginnings, connections and registrations cost, in milliseconds."""
    found = measured_of(figures, UNITS)
    columns = {UNITS[name]: each["cpu_ms_by_kind"] for name, each in found.items()}
    rates = ", ".join(
        f"{UNITS[name]} {number(each['per_second'], 0)}" for name, each in found.items()
    )
    return f"{_by_kind(columns, 1.0, 2)}\n\nDone in a second: {rates}." if found else NOT_MEASURED


def idle(figures: Figures) -> str:
    """Return memory and CPU of connections of players who do nothing."""
    columns: dict[str, Mapping[str, float]] = {}
    found = measured_of(figures, ("memory", "idle", "idle_crowd"))
    if "memory" in found:
        columns["KiB a connection"] = found["memory"]["kib_by_kind"]
    for name, title in (("idle", "no players"), ("idle_crowd", "idle players")):
        if name in found:
            columns[f"{title}, % of a core"] = {
                kind: 100 * each for kind, each in found[name]["cores_by_kind"].items()
            }
    return _by_kind(columns, 1.0, 1)


def profile(figures: Figures) -> str:
    """Return where each kind of process spends its time of a move, in microseconds."""
    found = measured_of(figures, ("profile",)).get("profile", {})
    return markdown(["process", "µs a move", "of it"], [
        [kind, number(sum(places.values())), _shares(places)]
        for kind, places in sorted(found.items(), key=lambda item: -sum(item[1].values()))
    ])


def floors(figures: Figures) -> str:
    """Return what the least of a move takes where nothing else is done, in microseconds."""
    found = measured_of(figures, ("floors",)).get("floors", {})
    return markdown(["", "takes", "CPU of the server", "CPU of the client"], [
        [
            title, number(found[name]["microseconds"]), number(found[name]["server_cpu"]),
            number(found[name]["client_cpu"]),
        ]
        for name, title in FLOORS.items() if name in found
    ])


def lists(figures: Figures) -> str:
    """Return the database's time for a page of each list, in milliseconds."""
    found = measured_of(figures, ("lists", "searches"))
    rows = [[name, number(each, 2)] for name, each in found.get("lists", {}).items()]
    searches = found.get("searches", {})
    rows += [[title, number(searches[name], 2)] for name, title in SEARCHES.items()
             if name in searches]
    return markdown(["", "ms"], rows)


def failures(figures: Figures) -> list[str]:
    """Return a line for each measurement without figures."""
    titles = {step.name: step.title for step in FULL}
    titles |= {each.name: each.title for each in WITHOUT_SERVER}
    return [
        f"- {title}: {problem(figures, name)}" for name, title in titles.items()
        if problem(figures, name) is not None
    ]


def _by_kind(columns: Mapping[str, Mapping[str, float]], factor: float, digits: int) -> str:
    kinds = [kind for kind in KINDS if any(kind in each for each in columns.values())]
    rows = [
        [kind, *(number(factor * each.get(kind, 0.0), digits) for each in columns.values())]
        for kind in kinds
    ]
    total = [number(factor * sum(each.values()), digits) for each in columns.values()]
    return markdown(["", *columns], [*rows, ["all", *total]])


def _shares(places: Mapping[str, float]) -> str:
    """Return the places that cost most, without those that cost next to nothing."""
    named = {place: each for place, each in [*places.items()][:PLACES] if each >= 0.5}
    rest = sum(places.values()) - sum(named.values())
    told = [f"{place} {number(each)}" for place, each in named.items()]
    return ", ".join([*told, f"others {number(rest)}"] if rest >= 0.5 else told)
