"""`python -m tools.demo [URL]`: two players meet, first by search, then in a private room, and play."""

import argparse
import os
import signal
import sys
import time
from typing import Any

import websocket

from tools.demo import board
from tools.demo.client import Client, Closed, Refused
from tools.demo.players import Player, Turn, meet_by_search, meet_in_private, play, register
from tools.demo.screen import Screen
from tools.demo.server import server, socket_address
from tools.errors import ToolError

USUAL_PACE = 0.5
LONGEST_PACE = 60
REASONS = {
    "lion_caught": "by catching the lion",
    "try": "by bringing the lion safely to the last rank",
    "no_moves": "because the opponent has no move left",
    "repetition": "because the same position stood for the third time",
}


def main(arguments: list[str] | None = None) -> int:
    """Show the demo; the exit status."""
    given = read(arguments)
    screen = Screen()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with server(given.url, screen.say) as url:
            show(url, screen, given.pace)
        return 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # nobody watches any more, and nothing more may be written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ToolError as trouble:
        sentence = str(trouble)
    except Refused as refusal:
        sentence = f"The server has refused the demo ({refusal.type}: {refusal}): try again later."
    except (Closed, OSError, websocket.WebSocketException) as error:  # TimeoutError is an OSError
        sentence = f"The server was lost ({error}): see that it runs well, and try again."
    print(sentence, file=sys.stderr)
    return 1


def read(arguments: list[str] | None) -> argparse.Namespace:
    """What stands on the command line and, where it is silent, in the environment."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__.partition(": ")[2])
    parser.add_argument(
        "url", nargs="?", default=os.environ.get("URL") or None, metavar="URL",
        help="of a server that runs, as http://localhost:8000 (or the variable URL); without one, "
        "the server at http://localhost:$PORT, or one started for the demo",
    )
    parser.add_argument(
        "--pace", type=seconds, default=os.environ.get("PACE") or USUAL_PACE, metavar="SECONDS",
        help=f"the pause after each move (or the variable PACE; {USUAL_PACE} where it is left out)",
    )
    parser.add_argument(
        "--fast", dest="pace", action="store_const", const=0.0, help="without pauses"
    )
    return parser.parse_args(arguments)


def seconds(text: str) -> float:
    """A pause, as somebody has written it."""
    pace = float(text)
    if not 0 <= pace <= LONGEST_PACE:
        raise argparse.ArgumentTypeError(f"a pause has 0 to {LONGEST_PACE} seconds, not {text}")
    return pace


def show(url: str, screen: Screen, pace: float) -> None:
    """Have two new players meet and play twice, on the server at this address."""
    where = socket_address(url)
    with Client(where) as one, Client(where) as other:
        players = [register(one, "ada"), register(other, "ben")]
        screen.say(f"{players[0].login} and {players[1].login} have registered at {url}.")
        screen.say("\nThe first game: they search for an opponent, and find each other.\n")
        moves = show_game(players, meet_by_search(*players), screen, pace)
        screen.say("\nThe second game: in a private room.")
        session_id = meet_in_private(*players, screen.say)
        screen.say()
        moves += show_game(players, session_id, screen, pace)
        screen.say(f"\nThat was the demo: two games, {moves} moves, over two WebSockets.")


def show_game(players: list[Player], session_id: str, screen: Screen, pace: float) -> int:
    """Have them play, and show it; the number of moves."""
    turns: list[Turn] = []
    names: list[str] = []

    def begun(session: dict[str, Any]) -> None:
        names.extend(session["players"])
        screen.show(
            [f"{names[0]} moves first.", "", *board.draw(session["state"], names, screen.style)]
        )
        time.sleep(pace)

    def moved(turn: Turn) -> None:
        turns.append(turn)
        screen.show(picture(turn, names, screen.style))
        time.sleep(pace)

    result = play(players, session_id, begun, moved)
    screen.say(outcome(result, len(turns)))
    return len(turns)


def picture(turn: Turn, names: list[str], style: board.Style) -> list[str]:
    """The board after a move, and above it what the move was."""
    told = board.tell(turn.before, turn.move, turn.after)
    lines = board.draw(turn.after, names, style, over=turn.over)
    return [f"{turn.number}. {turn.login} plays {turn.move}. {told}", "", *lines]


def outcome(result: dict[str, Any], moves: int) -> str:
    """How a game ended, as a sentence."""
    how = REASONS.get(result["reason"], f"({result['reason']})")
    if result["winner"] is None:
        return f"After {moves} moves it is a draw, {how}."
    return f"After {moves} moves {result['winner']} wins, {how}."


if __name__ == "__main__":
    sys.exit(main())
