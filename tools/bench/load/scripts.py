"""Scripts: the moves of games of Dobutsu shogi, made before anything is measured."""

import random
from typing import Any

from arbiter_games.dobutsu import MAX_MOVES, Dobutsu

Script = list[str]

LONG_PLIES = 60  # at least; games between players who don't blunder have about 110
SHORT_PLIES = 12
ENDLESS_PLIES = MAX_MOVES - 2  # no move of it lets the opponent end the game
PLIES_TAKEN_BACK = 20
RULES = Dobutsu()


def long_scripts(number: int, rng: random.Random) -> list[Script]:
    """Return games in which nobody blunders until there is no other move; each has an end."""
    scripts: list[Script] = []
    while len(scripts) < number:
        state, moves = RULES.setup(2, {}, rng), Script()
        while (step := _safe_move(state, rng)) is not None:
            move, state = step
            moves.append(move)
        while RULES.outcome(state) is None:
            move, state = _any_move(state, rng)
            moves.append(move)
        if len(moves) >= LONG_PLIES:
            scripts.append(moves)
    return scripts


def short_scripts(number: int, rng: random.Random) -> list[Script]:
    """Return games that end with the twelfth move."""
    scripts: list[Script] = []
    while len(scripts) < number:
        state, moves = RULES.setup(2, {}, rng), Script()
        while RULES.outcome(state) is None and len(moves) < SHORT_PLIES:
            move, state = _any_move(state, rng)
            moves.append(move)
        if len(moves) == SHORT_PLIES and RULES.outcome(state) is not None:
            scripts.append(moves)
    return scripts


def endless_script(rng: random.Random) -> Script:
    """Return a game that is as long as one can be before the rules are about to end it."""
    states, moves = [RULES.setup(2, {}, rng)], Script()
    while len(moves) < ENDLESS_PLIES:
        step = _safe_move(states[-1], rng)
        if step is None:
            keep = max(len(moves) - PLIES_TAKEN_BACK, 0)
            del moves[keep:], states[keep + 1 :]
        else:
            moves.append(step[0])
            states.append(step[1])
    return moves


def _safe_move(state: Any, rng: random.Random) -> tuple[str, Any] | None:
    """Return a move after which neither side has won or can win at once; None if there is none."""
    [player] = RULES.to_move(state)
    legal = RULES.legal_moves(state, player)
    for move in rng.sample(legal, len(legal)):
        after = RULES.apply(state, player, move)
        if RULES.outcome(after) is None and all(
            RULES.outcome(RULES.apply(after, 1 - player, answer)) is None
            for answer in RULES.legal_moves(after, 1 - player)
        ):
            return move, after
    return None


def _any_move(state: Any, rng: random.Random) -> tuple[str, Any]:
    [player] = RULES.to_move(state)
    move = rng.choice(RULES.legal_moves(state, player))
    return move, RULES.apply(state, player, move)
