"""Replays sessions: positions that are not stored, from the first one and the moves that stand."""

from collections.abc import Iterable, Mapping
from typing import Any

import eventlet

from arbiter_games.contract import State, chance_of, make_move
from sessions import limited_game, takebacks
from sessions.match import Match, initial_state
from sessions.standing_moves import MadeMove
from sessions.storage import SessionStore
from sessions.takebacks import Earlier, EarlierNeeded


def earlier(store: SessionStore, needed: EarlierNeeded) -> Earlier:
    """Return the position before the last move of the player who takes it back.

    Raises GameFailed or GameSuspended. Nothing is locked meanwhile, as it may take long.
    """
    with store.transaction() as transaction:
        match = transaction.sessions.require(needed.session_id)
        moves = transaction.events.moves(match, needed.version)
        start = transaction.events.start(match)
    place = takebacks.split(moves, needed.login)
    state = replayed(match, first_state(match, start), moves[:place])
    return Earlier(needed.version, state, moves[:place], moves[place:])


def first_state(match: Match, start: Mapping[str, Any] | None) -> State:
    """Return the state before the first move; `start` is what a continued session began with."""
    if start is not None:
        return start["state"]
    return initial_state(match.game, len(match.players), match.options, match.seed)


def replayed(match: Match, first: State, moves: Iterable[MadeMove]) -> State:
    """Return the state after these moves; raises GameFailed."""
    state = first
    for made in moves:
        chance = chance_of(match.seed, made.version)
        seat = match.players.index(made.login)
        state = make_move(match.game, state, seat, made.move, chance)
        eventlet.sleep(0)
        limited_game.renew(match.game)
    return state
