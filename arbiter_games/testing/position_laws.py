"""The laws of moves in a position. Each function raises BrokenLaw where its law does not hold."""

from collections.abc import Iterable
from random import Random
from typing import Any, TypeAlias, TypeVar

from arbiter_games.contract import Move
from arbiter_games.testing.broken_law import BrokenLaw, brief, require
from arbiter_games.testing.json_values import HOSTILE, canonical_text, difference, near_misses
from arbiter_games.testing.move_schema import require_fit
from arbiter_games.testing.playthrough import Playthrough, after

SAMPLE_SIZE = 6

Value = TypeVar("Value")
LegalMoves: TypeAlias = dict[int, list[Move]]  # by seat


def require_movers(playthrough: Playthrough) -> list[int]:
    """Return who is to move: somebody until there is an outcome, then nobody."""
    to_move, outcome = playthrough.to_move, playthrough.outcome
    law = "to_move names seats, each once"
    require(
        isinstance(to_move, list) and set(to_move) <= set(playthrough.seats)
        and len(set(to_move)) == len(to_move),
        law, f"to_move returned {brief(to_move)}, for {playthrough.players} players",
    )
    if outcome is None:
        law = "somebody can always move until there is an outcome"
        require(to_move, law, "outcome is None, and to_move is empty")
    else:
        law = "nobody moves once there is an outcome"
        require(not to_move, law, f"outcome is {outcome}, and to_move is {to_move}")
    return to_move


def require_legal_moves(playthrough: Playthrough, to_move: list[int]) -> LegalMoves:
    """Return the legal moves of each seat that is to move; every other seat must have none."""
    game, state = playthrough.game, playthrough.state
    legal = {seat: game.legal_moves(state, seat) for seat in to_move}
    for seat, moves in legal.items():
        law = "somebody can always move until there is an outcome"
        require(moves, law, f"to_move names seat {seat}, which has no legal move")
        require(None not in moves, "no move is null", f"seat {seat} has {brief(moves)}")
        law = "legal_moves lists each move once, always in one order"
        texts = [canonical_text(move) for move in moves]
        require(len(set(texts)) == len(texts), law, f"seat {seat} has {brief(moves)}")
        require_fit(game.move_schema, seat, moves)
        again = game.legal_moves(state, seat)
        require(again == moves, law, f"a second call: {difference(moves, again)}")
    for seat in seats_not_to_move(playthrough, to_move):
        moves = game.legal_moves(state, seat)
        require(
            moves == [], "who is not to move has no legal moves",
            f"seat {seat} is not in to_move {to_move}, and has {brief(moves)}",
        )
    return legal


def seats_not_to_move(playthrough: Playthrough, to_move: list[int]) -> list[int]:
    """Return the seats that may not move, and two numbers that are no seat."""
    return sorted({-1, *playthrough.seats, playthrough.players} - {*to_move})


def require_legal_moves_accepted(playthrough: Playthrough, legal: LegalMoves, rng: Random) -> None:
    """Require that a legal move makes a new state, and always the same one."""
    game, state = playthrough.game, playthrough.state
    every_move = [(seat, move) for seat, moves in legal.items() for move in moves]
    for seat, move in sample(every_move, rng):
        made, again = after(game, state, seat, move), after(game, state, seat, move)
        require(
            made != state, "a move changes the state",
            f"{brief(move)} of seat {seat} left it as it was",
        )
        require(
            made == again, "the same seed gives the same game",
            f"{brief(move)} made {difference(made, again)}",
        )


def require_illegal_moves_refused(
    playthrough: Playthrough, legal: LegalMoves, foreign: Iterable[Any], rng: Random
) -> None:
    """Require that any other value, from any seat, is refused with IllegalMove and a sentence."""
    everybodys = [move for moves in legal.values() for move in moves]
    almost = [value for move in sample(everybodys, rng) for value in near_misses(move)]
    tried = [*sample(HOSTILE, rng), *sample(almost, rng, 12), *sample(everybodys, rng), *foreign]
    _require_refused(playthrough, legal, tried)


def require_hostile_values_refused(
    playthrough: Playthrough, legal: LegalMoves, rng: Random
) -> None:
    """Require that all hostile values are refused, and all that are almost a move."""
    moves = [move for moves in legal.values() for move in moves]
    played = [move for _, move in playthrough.moves[-1:]]
    almost = [value for move in (*sample(moves, rng), *played) for value in near_misses(move)]
    _require_refused(playthrough, legal, [*HOSTILE, *almost])


def _require_refused(playthrough: Playthrough, legal: LegalMoves, values: list[Any]) -> None:
    """Require that each value is refused from each seat that does not have it as a legal move."""
    tried = {canonical_text(value): value for value in values}
    for seat in (*legal, *seats_not_to_move(playthrough, [*legal])):
        allowed = {canonical_text(move) for move in legal.get(seat, [])}
        for text, value in tried.items():
            if text not in allowed and playthrough.game.refusal(
                playthrough.state, seat, value
            ) is None:
                raise BrokenLaw(
                    "what is not legal is refused with IllegalMove",
                    f"apply accepted {brief(value)} of seat {seat}, which legal_moves does not"
                    " list",
                )


def require_claims(playthrough: Playthrough, to_move: list[int]) -> None:
    """Require that claims are words, and only for a seat that is to move."""
    law = "claims are reasons, for who is to move"
    for seat in playthrough.seats:
        claims = playthrough.game.claims(playthrough.state, seat)
        words = isinstance(claims, list) and all(isinstance(each, str) and each for each in claims)
        require(words, law, f"claims(state, {seat}) is {brief(claims)}")
        require(
            not claims or seat in to_move, law,
            f"seat {seat} is not in to_move {to_move}, and may claim {brief(claims)}",
        )


def possible_winners(playthrough: Playthrough) -> set[int]:
    """Return the seats that can still win."""
    possible = set()
    for seat in playthrough.seats:
        can_win = playthrough.game.can_win(playthrough.state, seat)
        require(
            isinstance(can_win, bool), "can_win answers with true or false",
            f"can_win(state, {seat}) is {can_win!r}",
        )
        possible |= {seat} if can_win else set()
    return possible


def sample(values: Iterable[Value], rng: Random, size: int = SAMPLE_SIZE) -> list[Value]:
    """Return so many of the values, or all there are, in random order."""
    listed = list(values)
    return rng.sample(listed, min(size, len(listed)))
