"""`arbiter`: the commands for authors of games and for operators, each in a module of its own."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

# Imported when called, since each needs other libraries.
COMMANDS = {
    "games": ("workbench.__main__", "begin a game, check it, play it, simulate it"),
    "rules": ("sessions.rules_check", "check: replay stored sessions by the installed rules"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that is named first; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] not in COMMANDS:
        print(usage(), file=sys.stderr)
        return 2
    module, _ = COMMANDS[given[0]]
    command: Callable[[Sequence[str]], int] = import_module(module).main
    return command(given[1:])


def usage() -> str:
    """Return the list of commands."""
    lines = [f"  arbiter {name:8} {purpose}" for name, (_, purpose) in COMMANDS.items()]
    return "\n".join(["Commands, each with --help:", *lines])


if __name__ == "__main__":
    sys.exit(main())
