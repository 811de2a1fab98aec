"""Lets two levels play each other, in one process and without a server.

    python -m bots.contest dobutsu --levels 5 1 --games 100

Each side is given what a player is shown, and nothing else. Seats change after each game, or the
first level always moves second (`--second`); the other may be made to play by tree search
(`--against tree-search`). `--hurry 10` gives a tenth of the time for each move. `--clock 10 0.1`
gives each side ten seconds for a game, and a tenth of a second more for each move. A move that is
not legal, a clock that has run out and a game without an end are errors.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from arbiter_games.contract import Game, Move, State, make_move
from arbiter_games.options import with_defaults
from arbiter_games.plugins import load_games
from bots.engines.levels import LEVELS, budget
from bots.engines.move_choice import Chosen, choose, engine_name, search
from bots.engines.seen import Checkpoint, Seen

MAX_PLIES = 3000


@dataclass
class Player:
    """One side of a contest, with what it has been shown of the present game."""

    level: int
    choose: Callable[..., Chosen] = choose
    hurry: float = 1
    left: float | None = None
    increment: float = 0
    moves: list[tuple[int, Move | None]] = field(default_factory=list)
    checkpoint: Checkpoint | None = None
    slowest: float = 0

    def think(self, game: Game, seen: Seen, rng: random.Random) -> Move:
        """Choose a move, and pay for the time on the clock, if there is one."""
        began = time.monotonic()
        spend = budget(self.level, self.left, self.increment, self.hurry)
        chosen = self.choose(game, seen, spend, rng)
        seconds = time.monotonic() - began
        self.slowest = max(self.slowest, seconds)
        self.checkpoint = chosen.checkpoint
        if self.left is not None:
            self.left -= seconds
            if self.left < 0:
                raise RuntimeError(f"level {self.level} has lost {game.name} on time")
            self.left += self.increment
        return chosen.move


@dataclass
class Table:
    """One game between players, by seat."""

    game: Game
    options: dict[str, Any]
    players: list[Player]
    setup: State
    state: State

    def turn(self, rng: random.Random) -> None:
        """Have one seat that is to move make its move."""
        seat = rng.choice(self.game.to_move(self.state))
        move = self.players[seat].think(self.game, self._seen(seat), rng)
        self.state = make_move(self.game, self.state, seat, move, rng)
        for viewer, other in enumerate(self.players):
            shown = self.game.shown_move(move, seat, viewer, self.state)
            other.moves.append((seat, shown))

    def _seen(self, seat: int) -> Seen:
        player = self.players[seat]
        return Seen(
            game=self.game.name, options=self.options, players=len(self.players), seat=seat,
            initial=self.game.view(self.setup, seat), moves=tuple(player.moves),
            view=self.game.view(self.state, seat),
            legal=self.game.legal_moves(self.state, seat), game_version=self.game.version,
            checkpoint=player.checkpoint,
        )


def play(game: Game, players: Sequence[Player], rng: random.Random) -> int | None:
    """Play a game to its end; return the winner's seat, None for a draw."""
    options = with_defaults(game.Options, {})
    setup = game.setup(len(players), options, random.Random(rng.getrandbits(32)))
    table = Table(game, options, list(players), setup, setup)
    for _ in range(MAX_PLIES):
        outcome = game.outcome(table.state)
        if outcome:
            return outcome.winner
        table.turn(rng)
    raise RuntimeError(f"{game.name} has not ended after {MAX_PLIES} moves")


def contest(game: Game, given: argparse.Namespace) -> str:
    """Return a line on these games: won by the first level, drawn, lost; the slowest moves."""
    rng, results = random.Random(given.seed), Counter[str]()
    slowest = [0.0, 0.0]
    engines = (choose, search if given.against else choose)
    left, increment = given.clock or (None, 0)
    for number in range(given.number):
        sides = [
            Player(level, engine, given.hurry, left, increment)
            for level, engine in zip(given.levels, engines, strict=True)
        ]
        order = sides[::-1] if given.second or number % 2 else sides
        winner = play(game, order, rng)
        name = "drawn" if winner is None else "won" if order[winner] is sides[0] else "lost"
        results[name] += 1
        slowest = [max(each, side.slowest) for each, side in zip(slowest, sides, strict=True)]
    counts = " | ".join(str(results[name]) for name in ("won", "drawn", "lost"))
    times = " | ".join(f"{seconds:.2f} s" for seconds in slowest)
    return f"| {game.name} | {engine_name(game)} | {given.number} | {counts} | {times} |"


def main() -> None:
    """Play the contests that the command line asks for, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bots.contest", description=__doc__)
    parser.add_argument("games", nargs="+", metavar="GAME", help="names of games")
    parser.add_argument("--levels", nargs=2, type=int, choices=LEVELS, default=(5, 1))
    parser.add_argument("--games", dest="number", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--hurry", type=float, default=1)
    parser.add_argument("--clock", nargs=2, type=float, metavar=("SECONDS", "INCREMENT"))
    parser.add_argument("--second", action="store_true")
    parser.add_argument("--against", choices=("tree-search",))
    given = parser.parse_args()
    known = load_games()
    one, other = given.levels
    print(f"| game | engine | games | level {one} won | drawn | level {other} won |"
          f" slowest move of {one} | of {other} |\n|---|---|---|---|---|---|---|---|", flush=True)
    for name in given.games:
        print(contest(known[name], given), flush=True)


if __name__ == "__main__":
    main()
