"""`arbiter games`: begin a game, check it, play it beside its code, and simulate it."""

import argparse
import json
import signal
import sys
from pathlib import Path

from tools.errors import ToolError
from workbench import checking, scaffold, simulation
from workbench.loading import load_function, load_game
from workbench.server import serve

DEFAULT_PORT = 8100
TARGET = "a folder with a pyproject.toml, a file as game.py or game.py:Class, or an installed name"


def main(arguments: list[str] | None = None) -> int:
    """Run one of the commands; return the exit status."""
    options = parse_arguments(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return int(COMMANDS[options.command](options))
    except KeyboardInterrupt:
        return 130
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Return the command and its options."""
    parser = argparse.ArgumentParser(prog="arbiter games", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="begin a game: a plug-in that runs at once")
    new.add_argument("name", help="of the game, as in take_three")
    check = commands.add_parser("check", help="play it at random, and name the laws it breaks")
    check.add_argument("--examples", type=int, default=20, help="the number of games (20)")
    check.add_argument("--lookalike", metavar="FILE.py:FUNCTION",
                       help="what returns another state that one viewer can't tell from this one")
    check.add_argument("--former", metavar="FILE.py:CLASS",
                       help="the rules of an earlier version, whose games `upgrade` takes on")
    simulate = commands.add_parser("simulate", help="let programs play many games of it")
    simulate.add_argument("number", type=int, help="of games")
    simulate.add_argument("--jsonl", action="store_true", help="print each game as a line of JSON")
    simulate.add_argument("--opponents", nargs="+", default=["random"], metavar="WHO",
                          help="`random` or a level of 1 to 5, by seat; the last goes on (random)")
    play = commands.add_parser("play", help="play it on a page that shows what each seat sees")
    play.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"({DEFAULT_PORT})")
    for command in (simulate, play):
        command.add_argument("--players", type=int, help="how many (the fewest)")
        command.add_argument("--seed", type=int, default=0, help="of the first game (0)")
    for command in (check, simulate, play):
        command.add_argument("target", nargs="?", default=".", help=f"{TARGET} (.)")
        command.add_argument("--options", type=json_object, default={}, metavar="JSON",
                             help="the game's own options")
    return parser.parse_args(arguments)


def json_object(text: str) -> dict[str, object]:
    """Return an object of JSON, parsed from an argument."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError(f"{text} is not an object, as {{\"size\": 5}} is")
    return value


def new(options: argparse.Namespace) -> int:
    """Write the files of a game, and say how to go on."""
    folder = scaffold.create(options.name, Path.cwd())
    print(f"{folder.name}/ has a game that runs. Go on with:\n\n"
          f"  cd {folder.name}\n  arbiter games check\n  arbiter games play\n\n"
          f"To install it into a server: pip install ./{folder.name}, in the server's environment.")
    return 0


def check(options: argparse.Namespace) -> int:
    """Check a game; print the law that it breaks, if any."""
    game = load_game(options.target)
    lookalike = load_function(options.lookalike) if options.lookalike else None
    former = load_game(options.former) if options.former else None
    return checking.check(game, options.options, options.examples, lookalike, former)


def simulate(options: argparse.Namespace) -> int:
    """Play games, and print each or how they ended."""
    game = load_game(options.target)
    simulation.simulate(game, simulation.Request(
        number=options.number, players=options.players or game.min_players, seed=options.seed,
        options=options.options, opponents=options.opponents, jsonl=options.jsonl,
    ))
    return 0


def play(options: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C."""
    serve(options.target, options.port, options.players, options.options, options.seed)
    return 0


COMMANDS = {"new": new, "check": check, "simulate": simulate, "play": play}

if __name__ == "__main__":
    sys.exit(main())
