"""`python -m tools.demo`: two players meet by search, then in a private room, and play."""

import argparse
import os
import signal
import sys
import time

import websocket

from client import Client, Closed, JsonObject, Refused
from tools.demo import board
from tools.demo.find_server import ready_server, socket_address
from tools.demo.players import Player, Turn, meet_by_search, meet_in_private, play, register
from tools.demo.screen import Screen
from tools.errors import ToolError

DEFAULT_PACE_SECONDS = 0.5
MAX_PACE_SECONDS = 60
REASONS = {
    "lion_caught": "by catching the lion",
    "try": "by bringing the lion safely to the last rank",
    "no_moves": "because the opponent has no move left",
    "repetition": "because the same position stood for the third time",
    "move_limit": "because the limit of moves was reached",
}


def main(arguments: list[str] | None = None) -> int:
    """Show the demo; return the exit status."""
    options = parse_arguments(arguments)
    screen = Screen()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ready_server(options.url, screen.say) as url:
            show(url, screen, options.pace)
        return 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # nothing reads the output any more, so nothing more may be written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ToolError as error:
        sentence = str(error)
    except Refused as refusal:
        sentence = f"The server has refused the demo ({refusal.type}: {refusal}): try again later."
    except (Closed, OSError, websocket.WebSocketException) as error:  # TimeoutError is an OSError
        sentence = f"The server was lost ({error}): see that it runs well, and try again."
    print(sentence, file=sys.stderr)
    return 1


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options of the command line, with defaults from the environment."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.demo",
        description="Two players meet by search, then in a private room, and play.",
    )
    parser.add_argument(
        "url", nargs="?", default=os.environ.get("URL") or None, metavar="URL",
        help="of a running server, as http://localhost:8000 (or the variable URL); by default "
        "the server at http://localhost:$PORT, or else one started for the demo",
    )
    parser.add_argument(
        "--pace", type=seconds, metavar="SECONDS",
        default=os.environ.get("PACE") or DEFAULT_PACE_SECONDS,
        help="the pause after each move (or the variable PACE; by default "
        f"{DEFAULT_PACE_SECONDS})",
    )
    parser.add_argument(
        "--fast", dest="pace", action="store_const", const=0.0, help="without pauses"
    )
    return parser.parse_args(arguments)


def seconds(text: str) -> float:
    """Return a pause in seconds, parsed from an argument."""
    pace = float(text)
    if not 0 <= pace <= MAX_PACE_SECONDS:
        raise argparse.ArgumentTypeError(f"a pause has 0 to {MAX_PACE_SECONDS} seconds, not {text}")
    return pace


def show(url: str, screen: Screen, pace: float) -> None:
    """Let two new players meet and play twice, on the server at this address."""
    address = socket_address(url)
    with Client(address) as one, Client(address) as other:
        players = register(one, "ada"), register(other, "ben")
        screen.say(f"{players[0].login} and {players[1].login} have registered at {url}.")
        screen.say("\nThe first game: they search for an opponent, and find each other.\n")
        moves = show_game(players, meet_by_search(*players), screen, pace)
        screen.say("\nThe second game: in a private room.")
        session_id = meet_in_private(*players, screen.say)
        screen.say()
        moves += show_game(players, session_id, screen, pace)
        screen.say(f"\nThat was the demo: two games, {moves} moves, over two WebSockets.")


def show_game(players: tuple[Player, Player], session_id: str, screen: Screen, pace: float) -> int:
    """Let them play, and show each move; return the number of moves."""
    turns: list[Turn] = []
    names: list[str] = []

    def show_begin(session: JsonObject) -> None:
        names.extend(session["players"])
        screen.show(
            [f"{names[0]} moves first.", "", *board.draw(session["state"], names, screen.style)]
        )
        time.sleep(pace)

    def show_turn(turn: Turn) -> None:
        turns.append(turn)
        screen.show(picture(turn, names, screen.style))
        time.sleep(pace)

    result = play(players, session_id, show_begin, show_turn)
    screen.say(outcome(result, len(turns)))
    return len(turns)


def picture(turn: Turn, names: list[str], style: board.Style) -> list[str]:
    """Return the lines of a board after a move, with a description of the move above it."""
    description = board.describe_move(turn.before, turn.move, turn.after)
    lines = board.draw(turn.after, names, style, over=turn.over)
    return [f"{turn.number}. {turn.login} plays {turn.move}. {description}", "", *lines]


def outcome(result: JsonObject, moves: int) -> str:
    """Return how a game ended, as a sentence."""
    how = REASONS.get(result["reason"], f"({result['reason']})")
    if result["winner"] is None:
        return f"After {moves} moves it is a draw, {how}."
    return f"After {moves} moves {result['winner']} wins, {how}."


if __name__ == "__main__":
    sys.exit(main())
