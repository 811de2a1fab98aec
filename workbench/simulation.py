"""Lets programs play many games, and tells how they ended."""

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

from arbiter_games.contract import Game
from bots.engines.levels import LEVELS
from tools.errors import ToolError
from workbench.table import RANDOM, Script, Table, chosen_move, complete_options

MAX_PLIES = 5000
PROGRESS_SECONDS = 2.0


@dataclass(frozen=True)
class Request:
    """Which games to play: `opponents` are `random` or levels, by seat; the last one goes on."""

    number: int
    players: int
    seed: int
    options: dict[str, Any]
    opponents: list[str]
    jsonl: bool


def simulate(game: Game, request: Request) -> None:
    """Play the games; print each as a line of JSON, or how all of them ended. Raises ToolError."""
    _require_valid(game, request)
    began = told = time.monotonic()
    ends, plies = Counter[str](), 0
    for number in range(request.number):
        record = play(game, request, request.seed + number)
        plies += len(record["moves"])
        ends[_end(record["outcome"])] += 1
        if request.jsonl:
            print(json.dumps(record), flush=True)
        if time.monotonic() > told + PROGRESS_SECONDS:
            told = time.monotonic()
            print(f"{number + 1} of {request.number} games", file=sys.stderr, flush=True)
    seconds = time.monotonic() - began
    print(
        f"{game.title}: {request.number} games in {seconds:.1f} s, "
        f"{plies / max(1, request.number):.1f} moves a game, {plies / seconds:.0f} moves a second.",
        file=sys.stderr if request.jsonl else sys.stdout,
    )
    if not request.jsonl:
        for end, count in ends.most_common():
            print(f"{count:8}  {end}")


def play(game: Game, request: Request, seed: int) -> dict[str, Any]:
    """Return one game: what was set up, its moves as [seat, move], and its outcome."""
    table = Table(game, Script(request.players, request.options, seed))
    rng = Random(seed)
    while to_move := game.to_move(table.state):
        if len(table.script.moves) >= MAX_PLIES:
            break
        seat = rng.choice(to_move)
        opponent = request.opponents[min(seat, len(request.opponents) - 1)]
        table.play(seat, chosen_move(table, seat, opponent, rng))
    return {
        "game": game.name, "seed": seed, "players": request.players, "options": table.options,
        "moves": table.script.moves, "outcome": table.outcome(),
    }


def _end(outcome: dict[str, Any] | None) -> str:
    if outcome is None:
        return f"no end within {MAX_PLIES} moves"
    who = "nobody" if outcome["winner"] is None else f"seat {outcome['winner']}"
    return f"{who}, {outcome['reason']}"


def _require_valid(game: Game, request: Request) -> None:
    known = (RANDOM, *map(str, LEVELS))
    for each in request.opponents:
        if each not in known:
            raise ToolError(f"{each} is no opponent: say one of {', '.join(known)}.")
    if not game.min_players <= request.players <= game.max_players:
        raise ToolError(
            f"{game.title} is for {game.min_players} to {game.max_players} players, not "
            f"{request.players}."
        )
    complete_options(game, request.options)
