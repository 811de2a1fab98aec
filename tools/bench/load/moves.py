"""Measurements of moves: many short ones, and those of a long game."""

import asyncio
import random
import time

from tools.bench.figures import LongGame, Moves, PerUnit, Played
from tools.bench.load.connecting import begin_all, connect_all, pairs_of
from tools.bench.load.connection import Connection
from tools.bench.load.play import Game, Pair, Tally, play_on
from tools.bench.load.scripts import Script, endless_script, long_scripts, short_scripts
from tools.bench.meter import Meter, Usage
from tools.bench.setup import Setup

SCRIPTS = 10
WARM_UP_SECONDS = 1.0
STOP_TIMEOUT_SECONDS = 10.0
PLIES_BEFORE = 430  # of the old games, when the new ones begin
EARLY_PLIES, LATE_PLIES = range(4, 64), range(438, 498)
MAX_ERRORS = 0.01  # of all moves
PASSWORD = "correct horse battery"


class OngoingGames:
    """So many games at a time, one after another, that are measured for a while at a time."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    async def begin(self, games: int, moves_per_second: float = 0.0, short: bool = False) -> None:
        """Begin to play, as fast as the server answers or at a rate."""
        self._tally = Tally(pause=games / moves_per_second if moves_per_second else 0.0)
        scripts = (short_scripts if short else long_scripts)(SCRIPTS, random.Random(1))
        pairs = pairs_of(await connect_all(self._setup.url, self._setup.tokens[: 2 * games]))
        self._players = [
            asyncio.create_task(play_on(pair, scripts, self._tally, session_id))
            for pair, session_id in zip(pairs, await begin_all(pairs), strict=True)
        ]

    async def measure(self, warm_up_seconds: float, seconds: float) -> Moves:
        """Let the games go on, for a while that does not count and then for one that does."""
        await asyncio.sleep(warm_up_seconds)
        meter = Meter(self._setup.pids, self._setup.helpers)
        self._tally.begin()
        await asyncio.sleep(seconds)
        return result(self._tally, meter.usage())

    async def end(self) -> None:
        """Resign all games."""
        self._tally.running = False
        await asyncio.wait(self._players, timeout=STOP_TIMEOUT_SECONDS)


async def moves(
    setup: Setup, games: int, seconds: float, moves_per_second: float = 0.0, short: bool = False
) -> Moves:
    """Play so many games at a time, as fast as the server answers or at a rate."""
    ongoing = OngoingGames(setup)
    await ongoing.begin(games, moves_per_second, short)
    measured = await ongoing.measure(WARM_UP_SECONDS, seconds)
    await ongoing.end()
    return measured


def result(tally: Tally, usage: Usage) -> Moves:
    """Return the figures of what was tallied; raises RuntimeError after too many errors."""
    if not tally.moves or len(tally.errors) > MAX_ERRORS * tally.moves:
        last = tally.errors[-1:] or ["none"]
        raise RuntimeError(f"{tally.moves} moves, {len(tally.errors)} errors, the last: {last[0]}")
    return {
        "moves_per_second": tally.moves / usage["seconds"],
        "games_per_second": tally.games / usage["seconds"],
        "opponent_p50_ms": tally.percentile_ms(50), "opponent_p99_ms": tally.percentile_ms(99),
        "cpu_ms": 1000 * usage["server_seconds"] / tally.moves,
        "cpu_ms_by_kind": {
            kind: 1000 * spent / tally.moves for kind, spent in usage["by_kind"].items()
        },
        "server_cores": usage["server_seconds"] / usage["seconds"],
        "load_cores": usage["load_cores"], "others_cores": usage["others_cores"],
        "errors": len(tally.errors),
    }


async def long_game(setup: Setup, games: int) -> LongGame:
    """Compare late moves of some games with early moves of others, made at the same time."""
    script = endless_script(random.Random(1))
    pairs = pairs_of(await connect_all(setup.url, setup.tokens[: 4 * games]))
    early, late = Tally(), Tally()
    old = _begin_games(pairs[:games], await begin_all(pairs[:games]), script, late)
    while min(game.ply for game, _ in old) < PLIES_BEFORE:
        await _check([task for _, task in old])
    new = _begin_games(pairs[games:], await begin_all(pairs[games:]), script, early)
    await asyncio.wait([task for _, task in old])
    early.running = False
    await asyncio.gather(*(task for _, task in [*old, *new]))
    return {
        "early_ms": _median_ms(early, EARLY_PLIES), "late_ms": _median_ms(late, LATE_PLIES),
    }


def _begin_games(
    pairs: list[Pair], sessions: list[str], script: Script, tally: Tally
) -> list[tuple[Game, asyncio.Task[None]]]:
    games = [Game(*each, script, tally) for each in zip(pairs, sessions, strict=True)]
    return [(game, asyncio.create_task(game.play())) for game in games]


async def _check(tasks: list[asyncio.Task[None]]) -> None:
    """Wait a little; raises what one of the tasks has raised."""
    done, _ = await asyncio.wait(tasks, timeout=0.02)
    for task in done:
        task.result()


def _median_ms(tally: Tally, plies: range) -> float:
    return tally.percentile_ms(50, [seconds for ply, seconds in tally.delays if ply in plies])


async def registrations(setup: Setup, number: int) -> PerUnit:
    """Register players, a few at a time."""
    connections = await asyncio.gather(*(Connection.open(setup.url) for _ in range(number)))
    meter, suffix = Meter(setup.pids, setup.helpers), time.time_ns() % 10**9
    await asyncio.gather(*(
        each.call("auth.register", login=f"r{suffix}-{index}", password=PASSWORD)
        for index, each in enumerate(connections)
    ))
    return per_unit(meter.usage(), number)


def per_unit(usage: Usage, number: int) -> PerUnit:
    """Return what one of so many things cost."""
    return {
        "cpu_ms": 1000 * usage["server_seconds"] / number,
        "cpu_ms_by_kind": {kind: 1000 * each / number for kind, each in usage["by_kind"].items()},
        "per_second": number / usage["seconds"], "others_cores": usage["others_cores"],
    }


async def paced(setup: Setup, games: int, moves_per_second: float, seconds: float) -> Played:
    """Play so many games at a time at a rate, each game on new connections."""
    tally = Tally(pause=games / moves_per_second)
    scripts = long_scripts(SCRIPTS, random.Random(1))
    tokens = setup.tokens[: 2 * games]
    pairs = pairs_of(await connect_all(setup.url, tokens))

    async def play(number: int, session_id: str) -> None:
        async def renew(old: Pair) -> Pair:
            for connection in old:
                connection.close()
            [new] = pairs_of(await connect_all(setup.url, tokens[2 * number : 2 * number + 2]))
            return new

        await play_on(pairs[number], scripts, tally, session_id, renew)

    players = [asyncio.create_task(play(*each)) for each in enumerate(await begin_all(pairs))]
    tally.begin()
    await asyncio.sleep(seconds)
    tally.running = False
    await asyncio.wait(players, timeout=STOP_TIMEOUT_SECONDS)
    return {"moves": tally.moves, "games": tally.games}
