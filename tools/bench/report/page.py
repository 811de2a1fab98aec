"""Writes docs/performance.md: goals, figures, and where the time goes."""

from collections.abc import Callable

from tools.bench.goals import SETS, Figures, Measured
from tools.bench.report import herd, parts, plain_use, remarks, sections
from tools.bench.report.tables import busiest, goal_head, goal_rows, markdown, number, stock_rate
from tools.launch.settings import DEFAULT, PRODUCTION

QUIET_CORES = 0.1
TITLES = {
    DEFAULT: "Default set (SQLite, in memory, one of each process)",
    PRODUCTION: "Production's set (PostgreSQL, Redis)",
}
INTRODUCTION = """# Performance

`make bench` has measured everything on this page and has written it, with all figures in
[performance.json](performance.json). The broker, the databases, all processes of Arbiter and the
load generator share one machine. CPU is that of all server processes, read from `/proc`: it
varies less than rates do. What the figures mean for many players is in [scaling](scaling.md), and
what to buy in [sizing](sizing.md)."""
CHART_TEXT = "A longer bar is better, whatever the figure. Bars end at twice the goal."
GOALS_TEXT = """"Reached" is 1 or more where the goal is reached. Rates are compared with the empty
call of stock Nameko in the same run, so that they can be compared between machines. The speed of a
virtual machine changes: figures of two runs differed by up to a quarter. Moves beside idle players
and beside none are therefore made by turns, on two servers."""
FLOORS_TEXT = """A move takes at least two messages through the broker (the command and its event),
a commit, and a frame to each player. Each is measured here one at a time, with nothing around it,
in microseconds. Many moves at once share messages and commits, so that a move may cost less than
one of each."""
PROFILE_TEXT = """Samples of CPU time of each Python process with 50 games at a time, in
microseconds a move. A sample counts for the innermost module of the project that runs, or else for
the library. A move does not pass through `rooms` and `private_rooms`: they begin games."""
HOW = """## How it is measured

- Games of Dobutsu shogi of about 110 moves, each begun in a private room by both players; the next
  move is sent when both players have seen the last and it is answered. After a second of warm-up,
  seven seconds count. Paced games move once a second, each at its own random moment.
- Idle players are 5,000 connections of different players, two in a session, who do nothing. Memory
  is `Pss`, what processes share being divided among them.
- Idle players connect to a server that is started anew. Moves beside them and moves beside nobody
  are made on that server and on another new one, twenty times a second on one and a second on the
  other, while all processes of the other one are stopped.
- The 500th move is compared with the 5th at the same time: four games that have been played for
  some 440 moves go on while four others begin.
- A gateway is killed with half of the idle players on it. They come back as clients do: after a
  pause of up to a second they connect, authenticate, and connect to their sessions again. They wait
  for the turn that they are given, and ever longer where they cannot connect. Who is back within
  40 seconds is counted.
- Lists are read from 1,000,000 sessions, rooms and accounts: the median of five times of the
  statements and their rows. The player of "of a player" has 1,000 sessions among them.
- `make bench` refuses to measure on a machine that others use. `make bench-quick` measures the main
  figures in about a minute, and writes nothing."""
PARTS: tuple[tuple[str, str, Callable[[Figures], str]], ...] = (
    ("Moves", "", sections.moves),
    ("CPU of a move by process", "In microseconds.", sections.cpu_by_process),
    ("Parts of a move", parts.TEXT, parts.section),
    ("Modules", PROFILE_TEXT, sections.profile),
    ("Floors", FLOORS_TEXT, sections.floors),
    ("The herd", herd.TEXT, herd.section),
    ("Beginnings, connections, registrations", "CPU in milliseconds.", sections.units),
    ("Idle", "", sections.idle),
    ("Lists", "Database time.", sections.lists),
)


def page(measured: Measured) -> str:
    """Return the page."""
    names = [name for name in SETS if name in measured]
    goals = markdown([head or "goal" for head in goal_head(measured)], goal_rows(measured))
    written = [
        INTRODUCTION, *(_machine(name, measured[name]) for name in names),
        "![How much of each goal is reached](performance.svg)", CHART_TEXT,
        "## Goals", GOALS_TEXT, goals,
        *(_long_game(name, measured[name]) for name in names),
        "## What is missed, and why", remarks.TEXT, remarks.missed(measured),
        "## What bounds the others", remarks.bounds(measured),
    ]
    for title, text, table in PARTS:
        written += [f"## {title}", text]
        for name in names:
            written += [f"{TITLES[name]}:", table(measured[name])]
    return "\n\n".join(filter(None, [*written, plain_use.SECTION, HOW])) + "\n"


def _machine(name: str, figures: Figures) -> str:
    machine, others = figures["machine"], busiest(figures)
    lines = [
        f"{TITLES[name]}: {machine['cores']} cores of {machine['processor']}, "
        f"{machine['memory_gib']:.1f} GiB, {machine['system']}, Python {machine['python']}. "
        f"Others used {number(others, 2)} of a core at most meanwhile.",
        stock_rate(figures),
    ]
    if others > QUIET_CORES:
        lines.append(
            "**The machine was too busy for reliable rates and times; CPU figures are reliable.**"
        )
    failed = sections.failures(figures)
    if failed:
        lines.append("Without figures:\n\n" + "\n".join(failed))
    return "\n".join(filter(None, lines))


def _long_game(name: str, figures: Figures) -> str:
    found = sections.measured_of(figures, ("long_game",)).get("long_game")
    if not found:
        return ""
    return (
        f"Long games, {name}: a move between the 440th and the 500th reached the opponent after "
        f"{number(found['late_ms'], 2)} ms, and one of the first 60 after "
        f"{number(found['early_ms'], 2)} ms (medians)."
    )
