"""Writes docs/scaling.md: what many players take, by the measured costs."""

import math

from tools.bench import scaling
from tools.bench.batch_simulation import GATEWAYS, MAX_BATCH, highest_rate, simulate
from tools.bench.costs import Costs
from tools.bench.goals import Measured
from tools.bench.report.tables import NOT_MEASURED, markdown, number
from tools.bench.scaling import BUSY, Needs, ceilings, needs, work_of
from tools.launch.settings import PRODUCTION

PLAYERS = (10_000, 100_000, 1_000_000)
LOADS = (0.2, 0.4, 0.6, 0.8, 0.95)  # of the highest rate of a process
MAX_PLAYERS = 10_000_000
INTRODUCTION = f"""# Scaling

How many processes and machines 10,000, 100,000 and 1,000,000 players at once take, what is full
first, and what is done then. `make bench` writes this page from what it has measured with
production's set ([performance](performance.md)); `python -m tools.bench.scaling PLAYERS` calculates
other numbers. **Nothing here was measured on more than one machine**: it is CPU for each thing,
times how often it happens, and a simulation of batches.

## What is assumed

- Each player moves once in {scaling.SECONDS_BETWEEN_MOVES:.0f} seconds. A game has
  {scaling.PLIES:.0f} moves.
- A player stays connected for {scaling.CONNECTED_SECONDS / 60:.0f} minutes. One connection in
  {1 / scaling.LOGINS:.0f} begins with a password.
- Machines are planned to be busy for {BUSY:.0%}, so that there is room for bursts, and for
  the players of a process that has died.
- Machines for Arbiter's own processes have {scaling.CORES} cores; the largest one for PostgreSQL
  or RabbitMQ has {scaling.ENGINE_CORES} cores and {scaling.ENGINE_GIB} GiB.
- There are at least two processes of each kind. A process uses one core. A gateway has at most
  {scaling.MAX_CONNECTIONS:,} connections (`MAX_CONNECTIONS`), also where another one has died.
- A disk takes {scaling.DISK_BYTES_PER_SECOND / 1e6:.0f} MB/s of PostgreSQL's WAL. A move writes
  {scaling.WAL_BYTES_OF_MOVE:,} bytes of it, and a beginning {scaling.WAL_BYTES_OF_BEGINNING:,}
  ([sizing](sizing.md#what-things-cost)).
- Not included: what a network adds to the time of a move, and copies of data. A quorum queue on
  three nodes [costs RabbitMQ about five times as much](clusters.md#rabbitmq) for a move."""
TABLE_TEXT = """Machines for PostgreSQL and RabbitMQ are as many as their CPU would fill; whether
the work can be divided among them is the next section. The last row is the time in which the
players of a gateway that has died are back. It is the longer one of two: what the other gateways
take if each takes players at the measured rate, and what the broker takes if it makes one queue
after another. It does so for one gateway. For two at once it made 1.4 times as many in a second,
and for four 1.9 times, with two cores full; more cores may allow more, which is not counted on."""
COSTS_TEXT = f"""CPU by kind of process, from the tables of [performance](performance.md):

- A beginning, a connection and a password are the rows of "Beginnings, connections,
  registrations".
- Idle is the difference of the last two columns of "Idle", divided by the players.
- A move costs less the more there are in a second, as more of them share a batch. Each process is
  therefore taken to spend a constant part of its time while moves come, and a part for each move: a
  straight line through two measured rates, "200 games, 200 moves/s" and "50 games", without what
  the beginnings in them cost. Below 200 moves/s that is too much. RabbitMQ is taken to spend its
  constant part for each gateway, and PostgreSQL for each process of `sessions`, which is too much
  rather than too little.
- A player's share is all of this, times how often a player causes it.

Cores are players times a player's share, plus processes times the constant part. Processes are as
many as are each busy for {BUSY:.0%} at most, and gateways as many as take all connections."""
BATCHES_TEXT = f"""A gateway has one call of `sessions` under way, and sends with the next one what
has come meanwhile, {MAX_BATCH} commands at most. Each call is a batch for the process that takes
it. Simulated are {GATEWAYS} gateways and one process. Commands come at random; the process serves
one batch after another, each of which takes a fixed time (the commit of "Floors", and what a move
costs `sessions` in one game more than in 200) and a time for each command (a move in 200 games).
With {scaling.P99_SECONDS * 1000:.0f} ms for the 99th percentile, a process does {{rate}} moves/s.
There are as many processes as that or their CPU asks for, whichever is more."""
THEN = """## What is done when it is full

1. **PostgreSQL of the sessions.** Each service has a database of its own already. Give that of
   `sessions` the largest machine with the fastest disk for its WAL, and keep ended sessions in the
   archive (`SESSIONS_KEPT`). Sessions do not refer to each other, so they could be divided among
   databases by `session_id`; Arbiter does not do that.
2. **RabbitMQ.** Queues of connections are classic and live on the node that a gateway is connected
   to, so connect the gateways to different nodes of a cluster: the work for events and the memory
   are divided then. Declarations and bindings are known to every node and are not; there are fewer
   of them the longer players stay connected.
3. **Cells.** Beyond both, run several whole Arbiters, each with its own broker and databases, and
   send each player to one of them by region or by game. Only players of one cell meet, which for
   most games is what is wanted anyway; a cell that fails takes only its own players with it. The
   balancer needs to know the cell of a player: Arbiter has no directory for that.

Gateways and services are added without a limit of their own: two of them share nothing but the
broker and the databases."""


def page(measured: Measured) -> str:
    """Return the page; without its figures where they were not measured."""
    try:
        costs = Costs.of(measured[PRODUCTION])
    except LookupError as error:
        return f"{INTRODUCTION}\n\n**Not all that is needed was measured: {error}.**\n\n{THEN}\n"
    rate = highest_rate(costs.batch, scaling.P99_SECONDS)
    return "\n\n".join([
        INTRODUCTION, "## Processes and machines", _needs([needs(costs, each) for each in PLAYERS]),
        TABLE_TEXT, "## What is full first", _ceilings(costs), "## What a player costs",
        COSTS_TEXT, _costs(costs), "## Batches", BATCHES_TEXT.format(rate=number(rate)),
        _batches(costs), THEN,
    ]) + "\n"


def _needs(each: list[Needs]) -> str:
    rows = [["moves/s", *(number(one.moves_per_second) for one in each)]]
    rows += [
        [f"processes of `{kind}`", *(number(one.processes[kind]) for one in each)]
        for kind in scaling.PROCESSES
    ]
    rows.append([f"machines for them, {scaling.CORES} cores", *(number(o.machines) for o in each)])
    for kind, title in (("postgres", "PostgreSQL"), ("broker", "RabbitMQ")):
        rows += [
            [f"{title}, cores busy", *(number(one.cores[kind], 1) for one in each)],
            [
                f"{title}, machines with {scaling.ENGINE_CORES} cores",
                *(number(one.engine_machines[kind]) for one in each),
            ],
        ]
    rows += [
        ["Redis, cores busy", *(number(one.cores["redis"], 2) for one in each)],
        ["memory of the connections, GiB", *(number(one.connections_gib, 1) for one in each)],
        ["after a gateway's death, s", *map(_seconds_to_come_back, each)],
    ]
    return markdown(["players at once", *(number(one.players) for one in each)], rows)


def _seconds_to_come_back(one: Needs) -> str:
    seconds = one.seconds_to_come_back
    return NOT_MEASURED if seconds is None else number(seconds, 1)


def _ceilings(costs: Costs) -> str:
    found = ceilings(costs)
    rows = [
        [
            name, f"more than {number(MAX_PLAYERS)}" if most > MAX_PLAYERS else _rounded(most),
            *(f"{players / most:.0%}" for players in PLAYERS),
        ]
        for name, most in found
    ]
    first, most = found[0]
    cells = ", ".join(
        f"{number(math.ceil(players / most))} for {number(players)}" for players in PLAYERS
    )
    return (
        f"What cannot simply be divided among more machines, and how many players fill it, with "
        f"the room that is planned. The first is **{first}**. At that size one Arbiter is full. So "
        f"many are needed: {cells} players.\n\n" + markdown(
            ["", "full with players", *(f"with {number(players)}" for players in PLAYERS)], rows
        )
    )


def _rounded(players: float) -> str:
    return number(float(f"{players:.2g}"))


def _costs(costs: Costs) -> str:
    parts = {
        "a move": costs.move, "a beginning": costs.beginning, "a connection": costs.connection,
        "a password": costs.login,
    }
    rows = [
        [
            kind, f"{costs.process.get(kind, 0.0):.1%}",
            *(number(1000 * part.get(kind, 0.0), 2) for part in parts.values()),
            number(1e6 * costs.idle.get(kind, 0.0), 1),
            number(1e6 * work_of(costs, kind, 1.0), 0),
        ]
        for kind in (*scaling.PROCESSES, *scaling.ENGINES)
    ]
    head = [
        "", "constant, of a core", *(f"{name}, ms" for name in parts), "idle, µs a second",
        "a player, µs a second",
    ]
    return markdown(head, rows)


def _batches(costs: Costs) -> str:
    highest = highest_rate(costs.batch, scaling.P99_SECONDS)
    rows = []
    for load in LOADS:
        found = simulate(costs.batch, max(load * highest, 1.0))
        rows.append([
            number(load * highest), number(found.mean_batch, 1), f"{found.busy:.0%}",
            number(1000 * found.p50_seconds, 1), number(1000 * found.p99_seconds, 1),
        ])
    head = ["moves/s of a process", "commands a batch", "busy", "p50, ms", "p99, ms"]
    fixed, each = (1000 * part for part in (costs.batch.fixed, costs.batch.each))
    return (
        f"A batch takes {number(fixed, 2)} ms and {number(each, 2)} ms for each command.\n\n"
        + markdown(head, rows)
    )
