"""Writes docs/performance.md: goals, figures, and where the time goes."""

from collections.abc import Callable

from tools.bench.goals import SETS, Figures, Measured
from tools.bench.report import herd, sections
from tools.bench.report.tables import busiest, goal_head, goal_rows, markdown, number
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
GOALS_TEXT = """"Reached" is 1 or more where the goal is reached. Rates are compared with the empty
call of stock Nameko in the same run, so that they can be compared between machines. The speed of a
virtual machine changes: figures of two runs differed by up to a quarter. Moves beside idle players
and beside none are therefore made by turns, on two servers."""
FLOORS_TEXT = """A move takes at least two messages through the broker (the command and its event),
a commit, and a frame to each player. Each is measured here one at a time, with nothing around it,
in microseconds. Many moves at once share messages and commits, so that a move may cost less than
one of each.

What stands in the way of the goals that are missed:

- CPU of a paced move: moves that come one at a time share nothing, and every process falls asleep
  between two of them. A program of a few lines that only exchanges the messages of a move and
  commits a row, 200 times a second, costs broker and PostgreSQL 411 µs, and itself 301 in three
  connections (the row of the table below is of the last run). The share of a server that does
  nothing ("Idle"), divided among 200 moves a second, is 175. That leaves some 600 of 1,500 µs for
  all else: both players' sockets, the checks, the rules, states of hundreds of sessions, the
  outbox, and the logs. Three quarters of what the session service spends on such a move is
  Python's interpreter, which finds neither code nor data in the CPU's caches: the same move costs
  it less in one game alone, and about a sixth in a batch. There is little else to leave out: a move
  takes 8 system calls of the gateway and 9 of the session service, and 730 and 1,150 calls of
  functions, of which 350 and 490 are in C. Tried side by side, and without a clear effect on the
  whole: replies without a queue, by RabbitMQ's direct reply-to (the broker's CPU: 15 % more), or on
  the connection of the events; requests that are not acknowledged, and events that are not
  confirmed (each at most 4 % of the broker's CPU); schedulers of RabbitMQ that are not bound to
  cores, and processes that are; the heaps of Python's processes in huge pages (sessions: 3 % less);
  Debian's builds of Python 3.11 and 3.13. RabbitMQ's schedulers never wait busily, which is its
  default (`+sbwt none`), but two of them wake each other at each message: 54 system calls a move.
  One alone, as `make run` starts on two cores, takes a fifth less of the broker's CPU.
  While the caches are warm, the parts of a batch of one that could be left out are small: to take
  a connection from SQLAlchemy's pool and give it back 6 µs, of which the locks of its queue are 2,
  to read the headers of the request 3, to have PostgreSQL plan by indexes 1, to look for errors of
  the storage 1.
- The slowest of paced moves wait for the disk. A row that is committed alone, 200 times a second,
  takes 0.5 ms (p50) and 4.9 ms (p99), and with the messages of a move 1.2 and 5.8 ms. For all else
  4.2 ms are left of 10, and timers and games that begin come in between.
- One game alone: its moves are made one after another, through gateway, broker, session service,
  database, and back. No hop can begin before the one before it, so the second core is of little
  use, and the rate is one over the sum of all hops.
- Moves beside idle players: 5,000 idle sockets take 3 to 4 % of a core, most of it in the gateway:
  250 times a second, one is sent a ping and answers it, 55 to 65 µs each time. In ten games that is
  a third to a half of what a move costs more beside them on production's set, 7 % when it was
  measured by turns. The rest is in the broker, where 5,000 consumers share a channel, and in the
  gateway; services and databases take the same. To send the pings of many connections together,
  ten times a second, saves 5 µs of each.
- Moves in many games over empty calls: broker, database and the load generator share the two cores
  with Arbiter's processes. On production's set, the rows of "CPU of a move by process" other than
  `gateway` and `sessions` are more than half of what a move costs. Of what is stored for a move,
  little could be left out: taken out of a copy, the row of the outbox saves 2.5 to 3.5 % of the CPU
  of all processes, and events would need an index in its place; the messages in that row 2 %, the
  foreign keys of events and commands 1.5 %, the row of the command 1.3 %, SQLAlchemy's pool less
  than 1 %."""
PROFILE_TEXT = """Samples of CPU time of each Python process with 50 games at a time, in
microseconds a move. A sample counts for the innermost module of the project that runs, or else for
the library. A move does not pass through `rooms` and `private_rooms`: they begin games."""
HOW = """## How it is measured

- Games of Dobutsu shogi of about 110 moves, each begun in a private room by both players; the next
  move is sent when both players have seen the last and it is answered. After a second of warm-up,
  seven seconds count. Paced games move once a second, each at its own random moment.
- Idle players are 5,000 connections of different players, two in a session, who do nothing. Memory
  is `Pss`, what processes share being divided among them.
- Moves beside idle players and moves beside nobody are made on two servers, a few seconds on one
  and a few on the other, while all processes of the other one are stopped.
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
    ("Where the time goes", PROFILE_TEXT, sections.profile),
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
    parts = [
        INTRODUCTION, *(_machine(name, measured[name]) for name in names),
        "![How much of each goal is reached](performance.svg)", "## Goals", GOALS_TEXT, goals,
        *(_long_game(name, measured[name]) for name in names),
    ]
    for title, text, table in PARTS:
        parts += [f"## {title}", text]
        for name in names:
            parts += [f"{TITLES[name]}:", table(measured[name])]
    return "\n\n".join(filter(None, [*parts, HOW])) + "\n"


def _machine(name: str, figures: Figures) -> str:
    machine, others = figures["machine"], busiest(figures)
    lines = [
        f"{TITLES[name]}: {machine['cores']} cores of {machine['processor']}, "
        f"{machine['memory_gib']:.1f} GiB, {machine['system']}, Python {machine['python']}. "
        f"Others used {number(others, 2)} of a core at most meanwhile."
    ]
    if others > QUIET_CORES:
        lines.append(
            "**The machine was too busy for reliable rates and times; CPU figures are reliable.**"
        )
    failed = sections.failures(figures)
    if failed:
        lines.append("Without figures:\n\n" + "\n".join(failed))
    return "\n".join(lines)


def _long_game(name: str, figures: Figures) -> str:
    found = sections.measured_of(figures, ("long_game",)).get("long_game")
    if not found:
        return ""
    return (
        f"Long games, {name}: a move between the 440th and the 500th reached the opponent after "
        f"{number(found['late_ms'], 2)} ms, and one of the first 60 after "
        f"{number(found['early_ms'], 2)} ms (medians)."
    )
