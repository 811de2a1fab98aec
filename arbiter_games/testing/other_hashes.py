"""Plays a game in a second process, where the hashes of texts, and the order of sets, are others.

The process serves all games that one process checks. A game whose class cannot be imported there,
as it is within a function, is not compared.
"""

import atexit
import json
import os
import pickle  # nosec B403 # between a process and its own child
import select
import subprocess  # nosec B404
import sys
from functools import cache
from random import Random
from typing import Any

from arbiter_games.contract import Game, chance_of, make_move
from arbiter_games.testing.broken_law import BrokenLaw
from arbiter_games.testing.json_values import difference

LAW = "another process plays the same game"
SEEDS, MAX_MOVES = (1, 2), 30
MAX_SECONDS = 60  # of which starting the process takes most

CHILD = "from arbiter_games.testing.other_hashes import serve; serve()"


def require_same_elsewhere(game: Game, options: dict[str, Any]) -> None:
    """Require that a second process returns the same, and all of it in the same order."""
    here = json.loads(json.dumps(played(game, options)))
    there = _ask(game, options)
    if there is not None and json.dumps(here) != json.dumps(there):
        pairs = zip(here, there, strict=False)  # what follows the first difference is another game
        unlike = (pair for pair in pairs if json.dumps(pair[0]) != json.dumps(pair[1]))
        here, there = next(unlike, (here, there))
        where = difference(here, there) if here != there else "an order of keys"
        raise BrokenLaw(LAW, f"where texts have other hashes, it differs at {where}")


def played(game: Game, options: dict[str, Any]) -> list[Any]:
    """Return all that a game returns in some games by lot."""
    seen: list[Any] = []
    for seed in SEEDS:
        rng = Random(seed)
        state = game.setup(game.min_players, options, Random(seed))
        for version in range(MAX_MOVES):
            to_move = game.to_move(state)
            views = [game.view(state, viewer) for viewer in (None, *range(game.min_players))]
            seen.append({"state": state, "to_move": to_move, "view": views})
            if not to_move:
                break
            seat = rng.choice(to_move)
            moves = game.legal_moves(state, seat)
            seen.append({"legal_moves": moves})
            chance = chance_of(str(seed), version)
            state = make_move(game, state, seat, rng.choice(moves), chance)
    return seen


def serve() -> None:
    """Answer what `_ask` asks, until it is gone."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the game prints is no answer
    while True:
        try:
            game, options = pickle.load(sys.stdin.buffer)  # nosec B301
        except EOFError:
            return
        except Exception:  # to import the game again may raise anything: it is not compared
            answer = None
        else:
            answer = _tried(game, options)
        print(json.dumps(answer), file=answers, flush=True)


def _tried(game: Game, options: dict[str, Any]) -> list[Any]:
    try:
        return played(game, options)
    except Exception as error:  # which it has not raised in the first process: that is an answer
        return [{"raised": f"{type(error).__name__}: {error}"}]


def _ask(game: Game, options: dict[str, Any]) -> Any:
    try:
        request = pickle.dumps((game, options))
    except Exception:  # as pickle calls methods of the game: it is not compared
        return None
    child = _child()
    assert child.stdin and child.stdout
    child.stdin.write(request)
    child.stdin.flush()
    if select.select([child.stdout], [], [], MAX_SECONDS)[0] and (line := child.stdout.readline()):
        return json.loads(line)
    _child.cache_clear()  # the next game gets another one
    _end(child)
    raise BrokenLaw(LAW, f"with other hashes of texts, it died, or was not done in {MAX_SECONDS} s")


@cache
def _child() -> subprocess.Popen[bytes]:
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    path = os.pathsep.join(each or os.getcwd() for each in sys.path)
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
    child = subprocess.Popen(  # nosec B603
        # By -P, what is in the present folder does not come before the game.
        [sys.executable, "-P", "-W", "ignore", "-c", CHILD], env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    atexit.register(_end, child)
    return child


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.communicate()
