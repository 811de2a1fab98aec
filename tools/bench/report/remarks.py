"""What stands in the way of goals that are missed, and what bounds figures that reach theirs."""

from tools.bench.goals import GOALS, SETS, Goal, Measured
from tools.bench.report.tables import number
from tools.launch.settings import DEFAULT, PRODUCTION

MANY_GAMES = """Broker, database and the load generator share the two cores with Arbiter's
processes. On production's set, the rows of "CPU of a move by process" other than `gateway` and
`sessions` are more than half of what a move costs. Little of what is stored for a move could be
left out. Taken out of a copy, the row of the outbox saved 2.5 to 3.5 % of the CPU of all
processes, and events would need an index in its place; the messages in that row 2 %, the foreign
keys of events and commands 1.5 %, the row of the command 1.3 %, SQLAlchemy's pool less than 1 %."""
PACED_CPU = """Moves that come one at a time share no message and no commit, and every process
falls asleep between two of them. Of 1,500 µs for a move, a program of a few lines that exchanges
the same messages and commits a row, 200 times a second, takes 411 in broker and PostgreSQL and 301
in its own three connections; a server without players ("Idle"), divided among 200 moves a second,
takes 175, in timers, outboxes and pings of all processes. Some 600 are left for all else: both
players' sockets, the checks, the rules, the states of hundreds of sessions, the outbox, and the
logs.

Three quarters of what the session service spends on such a move is Python's interpreter, which
finds neither code nor data in the CPU's caches. The same move costs it less in one game alone,
and about a sixth in a batch. Such a move takes 8 system calls and 730 calls of functions in the
gateway, 9 and 1,150 in the session service; about half of the functions are in C. The parts that
could be left out are small while the caches are warm: to take a connection from SQLAlchemy's
pool and give it back takes 6 µs, to read the headers of the request 3, to have PostgreSQL plan
by indexes 1, to look for errors of the storage 1.

Tried side by side, without a clear effect on the whole: replies by RabbitMQ's direct reply-to
(15 % more of the broker's CPU) or on the connection of the events; no acknowledgement of
requests, or no confirms of events (at most 4 % of the broker's CPU each); binding RabbitMQ's
schedulers to no cores, or processes to cores; huge pages for the heaps of Python's processes
(3 % of `sessions`); Debian's builds of Python 3.11 and 3.13; the 40 modules that most of a move
passes through (frames, connections, rules, matches, storage), compiled by mypyc: 0 to 5 % of
`gateway` and 0 to 8 % of `sessions`, measured on a busy machine. One scheduler of RabbitMQ for two
cores, as `make run` starts it, takes a fifth less of the broker's CPU than two, which wake each
other at each message.

To reach the goal takes a gateway and a session service in a language that spends a fraction of
what Python's interpreter does on a move, or both in one process without a broker between them."""
PACED_P99 = """The slowest of paced moves wait for the disk. A row that is committed alone, 200
times a second, takes 0.5 ms (p50) and 4.9 ms (p99); with the messages of a move, 1.2 and 5.8 ms.
Of 10 ms, 4.2 are left for all else, and timers and games that begin come in between."""
ONE_GAME = """Its moves are made one after another, through gateway, broker, session service,
database, and back. No hop can begin before the one before it has ended, so a second core is of
little use, and the rate is one over the sum of all hops."""
BESIDE_IDLE = """5,000 idle sockets are sent 250 pings a second. A ping and its answer take the
gateway 16 µs, as the pings of many connections are sent together, ten times a second; each with a
timer and a wake-up of its own, they took 48. Measured with nearly no pings, beside services and
PostgreSQL: a move takes the broker 10 % more beside idle sockets, and the gateway 5 to 10 %. On a
broker alone, 5,000 consumers make neither a message nor a binding dearer, on the same channel or on
another. A server that was through other loads, all of whose idle players have left, takes the same
as a new one. In the gateway, a collection of all garbage takes 150 to 300 ms with 5,000
connections, and is therefore made a fifth as often as by Python's default."""
HERD = """The broker makes and deletes the queues of connections one after another: [the
herd](#the-herd)."""
REMARKS = {
    "moves/s in 50 games, over empty calls/s of stock Nameko": MANY_GAMES,
    "200 moves/s paced: CPU of a move": PACED_CPU,
    "200 moves/s paced: until the opponent has it, p99": PACED_P99,
    "one game alone": ONE_GAME,
    "moves/s beside 5,000 idle sockets over those beside none": BESIDE_IDLE,
    "players who come back after a gateway's death": HERD,
}
SET_NAMES = {DEFAULT: "the default set", PRODUCTION: "production's set"}
ALL_REACHED = "All goals are reached."
TEXT = """The figures of goals are of the last run. Those within the remarks were measured apart
from it, one thing at a time."""


def missed(measured: Measured) -> str:
    """Return a line for each goal that a set has missed, and what stands in its way."""
    found = [(goal, told) for goal in GOALS if (told := _misses(goal, measured))]
    return "\n".join(_item(goal, f": {told}") for goal, told in found) or ALL_REACHED


def bounds(measured: Measured) -> str:
    """Return what bounds the figures of goals that no set has missed."""
    return "\n".join(
        _item(goal, "") for goal in GOALS
        if goal.title in REMARKS and not _misses(goal, measured)
    )


def _item(goal: Goal, told: str) -> str:
    remark = REMARKS.get(goal.title, "").strip()
    indented = "\n".join(f"  {line}".rstrip() for line in remark.splitlines())
    return "\n".join(filter(None, [f"- **{goal.title}**{told}.", indented]))


def _misses(goal: Goal, measured: Measured) -> str:
    """Return what sets have reached that have missed a goal."""
    told = []
    for name in SETS:
        figures = measured.get(name, {})
        figure, reached = goal.figure(figures), goal.reached(name, figures)
        if figure is not None and reached is not None and reached < 1:
            unit = f" {goal.unit}" if goal.unit else ""
            sign = "≥" if goal.at_least else "≤"
            bound = f"{sign} {goal.bounds[name]:g}"
            told.append(f"{number(figure, goal.digits)}{unit} on {SET_NAMES[name]} ({bound})")
    return ", ".join(told)
