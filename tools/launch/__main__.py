"""`python -m tools.launch`: run all of Arbiter until Ctrl-C, and print its processes' output."""

import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tools.errors import ToolError
from tools.launch.console import Console
from tools.launch.prerequisites import provide
from tools.launch.program import Program
from tools.launch.settings import from_environment, is_production
from tools.launch.stack import ROOT, Stack

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SLOW_START_SECONDS = 60


def whole_stack(folder: Path = ROOT / "var") -> Stack:
    """Return the stack that `make run` runs, with its files in a folder."""
    return Stack(folder, with_bots=True)


def main(make_stack: Callable[[], Stack] = whole_stack) -> int:
    """Run a stack until a signal stops it; return the exit status."""
    raise_on_first_signal()
    try:
        settings = from_environment(os.environ)
        uses = {"run": "AMQP_URI" not in settings, "production": is_production(settings)}
        provide(*(use for use, needed in uses.items() if needed))
        run(make_stack())
    except KeyboardInterrupt:
        return 0
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1


def raise_on_first_signal() -> None:
    """Raise KeyboardInterrupt at the first signal that asks the process to end; ignore the rest."""

    def stop(number: int, frame: FrameType | None) -> None:
        for name in SIGNALS:
            signal.signal(name, signal.SIG_IGN)
        raise KeyboardInterrupt

    for name in SIGNALS:
        if name is signal.SIGINT or signal.getsignal(name) is not signal.SIG_IGN:
            signal.signal(name, stop)


def run(stack: Stack) -> NoReturn:
    """Start the stack, print when it is up, and wait; KeyboardInterrupt stops it."""
    supervisor = stack.supervisor
    names = ["supervisor", *(program.name for program in supervisor.programs())]
    with Console(width=max(map(len, names))) as console, stack:

        def follow(program: Program) -> None:
            select = warnings if program.name == "broker" else str
            console.follow(program.name, supervisor.log(program.name), select)

        try:
            stack.start(console.say, follow)
            console.follow("supervisor", supervisor.log("supervisord"), deaths)
            await_readiness(stack, console)
            console.say(f"Arbiter is up: {stack.url}  (Ctrl-C stops it)")
            while not supervisor.has_ended():
                time.sleep(1)
            raise ToolError(f"The supervisor has ended: see {supervisor.log('supervisord')}.")
        except KeyboardInterrupt:
            console.say("Stopping...")
            raise


def await_readiness(stack: Stack, console: Console) -> None:
    """Return when the stack serves; print the problem where that takes long."""
    late = time.monotonic() + SLOW_START_SECONDS
    while reason := stack.problem():
        if time.monotonic() > late:
            console.say(f"Not up after {SLOW_START_SECONDS} s, still trying. {reason}")
            late = float("inf")
        time.sleep(0.2)


def warnings(line: str) -> str | None:
    """Return the line if RabbitMQ logs a warning or worse in it, else None."""
    return line if re.search(r"\[(warning|error|critical|alert|emergency)\]", line) else None


def deaths(line: str) -> str | None:
    """Return a sentence if the line of supervisord is about a program that has ended, else None."""
    _, _, ended = line.partition(" exited: ")
    return f"{ended.partition(';')[0]}), and is restarted" if ended else None


if __name__ == "__main__":
    sys.exit(main())
