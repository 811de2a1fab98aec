"""The process that runs the author's code for the page: one request a line, one answer a line.

It imports the game once; for changed code another one is started.
"""

import json
import os
import random
import sys
import time
import traceback
from typing import Any

from arbiter_games.contract import Game, IllegalMove
from arbiter_games.drawings import InvalidDrawing
from sessions.game_info import game_info
from tools.errors import ToolError
from workbench.drawing_files import find_drawing
from workbench.loading import load_game
from workbench.position import described
from workbench.table import Script, Table, chosen_move

Answer = dict[str, Any]


class Worker:
    """The game, and the game under way."""

    def __init__(self, target: str) -> None:
        self._game: Game = load_game(target)
        self.info: Answer = {**game_info(self._game)}
        self._drawing_error = ""
        try:
            if find_drawing(target, self._game.name):
                # Other code or files have another address, as on a server.
                self.info["drawing"] = f"/drawings/{time.time_ns()}/{self._game.name}.json"
        except InvalidDrawing as error:
            self._drawing_error = f"The game is shown without its drawing. {error}"
        self._table: Table | None = None

    def begin(self, players: int | None, options: Any, seed: int, loaded: Any,
              moves: list[list[Any]]) -> Answer:
        """Play a script as far as the rules accept it."""
        game = self._game
        count = min(max(players or game.min_players, game.min_players), game.max_players)
        table = self._table = Table(game, Script(count, options, seed, loaded))
        note = ""
        for number, (seat, move) in enumerate(moves, start=1):
            try:
                table.play(seat, move)
            except IllegalMove as error:
                note = f"Move {number} of {len(moves)} is refused by these rules: {error}"
                break
        return {**self._answer(table), "note": note}

    def move(self, seat: int, move: Any) -> Answer:
        """Make a move."""
        table = self._present()
        table.play(seat, move)
        return self._answer(table)

    def choose(self, seat: int, opponent: str) -> Answer:
        """Have a program make a seat's move."""
        table = self._present()
        table.play(seat, chosen_move(table, seat, opponent, random.Random()))
        return self._answer(table)

    def _present(self) -> Table:
        assert self._table, "a game is begun first"
        return self._table

    def _answer(self, table: Table) -> Answer:
        return {
            **described(table),
            "game": self.info, "drawing_error": self._drawing_error,
            "players": table.script.players, "seed": table.script.seed,
            "loaded": table.script.loaded,
        }


def answer(worker: Worker, do: str, request: Answer) -> Answer:
    """Return what a method returns, or the error that the author has to see, with the game."""
    try:
        return dict(getattr(worker, do)(**request))
    except (IllegalMove, ToolError) as error:
        return {"error": str(error), "game": worker.info}
    except Exception:  # of the author's code, which may raise anything
        return {"error": traceback.format_exc(), "game": worker.info}


def main() -> None:
    """Answer requests until the input ends."""
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the author prints is for the terminal
    try:
        worker = Worker(sys.argv[1])
    except ToolError as error:
        failed: Answer | None = {"error": str(error)}
    except Exception:  # a module that is being written may raise anything
        failed = {"error": traceback.format_exc()}
    else:
        failed = None
    for line in sys.stdin:
        request = json.loads(line)
        name = request.pop("do")
        result = failed or answer(worker, name, request)
        try:
            text = json.dumps(result)
        except (TypeError, ValueError) as error:
            text = json.dumps({"error": f"What the game returns is not JSON: {error}"})
        print(text, file=output, flush=True)


if __name__ == "__main__":
    main()
