"""`python -m tools.launch`: run all of Arbiter until Ctrl-C, with what its processes say shown."""

import os
import re
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from tools.launch import Trouble
from tools.launch.output import Output
from tools.launch.prerequisites import provide
from tools.launch.program import Program
from tools.launch.settings import given, is_production
from tools.launch.stack import Stack

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SLOW = 60


def main(make_stack: Callable[[], Stack] = Stack) -> int:
    """Run a stack until it is told to stop; return the exit status."""
    listen_for_the_end()
    try:
        settings = given(os.environ)
        uses = {"run": "AMQP_URI" not in settings, "production": is_production(settings)}
        provide(*(use for use, needed in uses.items() if needed))
        run(make_stack())
    except KeyboardInterrupt:
        return 0
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1


def listen_for_the_end() -> None:
    """Let the first of the signals that ask for an end raise KeyboardInterrupt, once."""

    def stop(number: int, frame: FrameType | None) -> None:
        for name in SIGNALS:
            signal.signal(name, signal.SIG_IGN)
        raise KeyboardInterrupt

    for name in SIGNALS:
        if name is signal.SIGINT or signal.getsignal(name) is not signal.SIG_IGN:
            signal.signal(name, stop)


def run(stack: Stack) -> NoReturn:
    """Start the stack, say when it is up, and wait; it is stopped when KeyboardInterrupt comes."""
    supervisor = stack.supervisor
    names = ["supervisor", *(program.name for program in supervisor.programs())]
    with Output(width=max(map(len, names))) as output, stack:

        def follow(program: Program) -> None:
            select = warnings if program.name == "broker" else str
            output.follow(program.name, supervisor.log(program.name), select)

        try:
            stack.start(output.say, follow)
            output.follow("supervisor", supervisor.log("supervisord"), deaths)
            await_readiness(stack, output)
            output.say(f"Arbiter is up: {stack.url}  (Ctrl-C stops it)")
            while not supervisor.ended():
                time.sleep(1)
            raise Trouble(f"The supervisor has ended: see {supervisor.log('supervisord')}.")
        except KeyboardInterrupt:
            output.say("Stopping...")
            raise


def await_readiness(stack: Stack, output: Output) -> None:
    """Return when the stack serves; say what keeps it where that takes long."""
    late = time.monotonic() + SLOW
    while reason := stack.unready():
        if time.monotonic() > late:
            output.say(f"Not up after {SLOW} s, still trying. {reason}")
            late = float("inf")
        time.sleep(0.2)


def warnings(line: str) -> str | None:
    """Return the line where RabbitMQ logs a warning or worse; its banner is none."""
    return line if re.search(r"\[(warning|error|critical|alert|emergency)\]", line) else None


def deaths(line: str) -> str | None:
    """Return what supervisord's line says about a program that has ended, if it is about that."""
    _, _, ended = line.partition(" exited: ")
    return f"{ended.partition(';')[0]}), and is started again" if ended else None


if __name__ == "__main__":
    sys.exit(main())
