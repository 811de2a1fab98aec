"""Make one measurement and print its result as JSON: started by `tools.bench.loads`.

`python -m tools.bench.load NAME SETUP_FILE OPTIONS` calls the function of that name. `idle` and
`games` instead read a line for each thing that they are to do, and answer each by a line.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.bench.load import moves
from tools.bench.load.idle_players import IdlePlayers
from tools.bench.machine import raise_open_files
from tools.bench.setup import Setup

MEASUREMENTS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (moves.moves, moves.long_game, moves.registrations, moves.paced)
}
LASTING: dict[str, Callable[..., Any]] = {"idle": IdlePlayers, "games": moves.OngoingGames}


async def serve(load: Any) -> None:
    """Do what is asked for by lines on the standard input, until it ends."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        name, *arguments = json.loads(line)
        answer = getattr(load, name)(*arguments)
        answer = await answer if asyncio.iscoroutine(answer) else answer
        print(json.dumps(answer), flush=True)


async def main() -> None:
    """Make the measurement that the command line asks for."""
    name, path, options = sys.argv[1:]
    raise_open_files()
    setup, given = Setup.load(Path(path)), json.loads(options)
    if name in LASTING:
        await serve(LASTING[name](setup, **given))
    else:
        print(json.dumps(await MEASUREMENTS[name](setup, **given)), flush=True)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)  # without closing thousands of sockets
