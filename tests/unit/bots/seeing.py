"""Positions as a player is shown them."""

from random import Random

from arbiter_games.contract import chance_of, make_move
from arbiter_games.options import CommonOptions
from bots.engines.seen import Seen


def played(game, moves, players=2, seed=7, **options):
    """Return the states of a game after these moves, each `(seat, move)`."""
    given = {**CommonOptions().model_dump(mode="json"), **game.Options(**options).model_dump()}
    states = [game.setup(players, given, Random(seed))]
    for number, (seat, move) in enumerate(moves):
        chance = chance_of(str(seed), number)
        states.append(make_move(game, states[-1], seat, move, chance))
    return states


def seen_by(game, seat, moves, players=2, seed=7, checkpoint=None, **options):
    """Return what a seat was shown of a game after these moves."""
    states = played(game, moves, players, seed, **options)
    shown = [
        (mover, game.shown_move(move, mover, seat, state))
        for (mover, move), state in zip(moves, states[1:], strict=True)
    ]
    given = {**CommonOptions().model_dump(mode="json"), **game.Options(**options).model_dump()}
    return Seen(
        game.name, given, players, seat, game.view(states[0], seat), tuple(shown),
        game.view(states[-1], seat), game.legal_moves(states[-1], seat), checkpoint,
    )
