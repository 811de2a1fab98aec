"""Whether a viewer can tell apart what the game says is hidden from them.

The kit makes pairs of moves that `shown_move` shows to a viewer alike, made in the same position;
an author's `lookalike` gives further pairs of states. The viewer must be shown the same of both.
"""

import json
from collections.abc import Callable, Iterator
from itertools import combinations
from random import Random
from typing import Any

from arbiter_games.contract import Move, State
from arbiter_games.testing.broken_law import BrokenLaw
from arbiter_games.testing.checked_game import CheckedGame
from arbiter_games.testing.json_values import difference
from arbiter_games.testing.lookalike import Lookalike, LookalikePair
from arbiter_games.testing.playthrough import Playthrough, after
from arbiter_games.testing.position_laws import LegalMoves, sample

LAW = "nobody is shown a secret"
FOLLOWED_PAIRS = 1
FOLLOWED_MOVES = 8
PROBES = ("", None, 0)  # moves that are refused, with a message that may tell too much


class SecrecyCheck:
    """Looks for secrets that are shown, in the positions of games under way."""

    def __init__(self, lookalike: Lookalike | None) -> None:
        self._lookalike = lookalike
        self.compared_pairs = 0

    def pairs(self, playthrough: Playthrough, legal: LegalMoves, rng: Random
              ) -> list[LookalikePair]:
        """Return the pairs of states that are one move ahead.

        Raises BrokenLaw where a viewer can tell the states of a pair apart, here or later.
        """
        game = playthrough.game
        given = self.compare_lookalikes(playthrough, rng)
        pairs = sample(_pairs_of_moves(playthrough, legal, rng), rng)
        for pair in pairs:
            self._compare(game, pair)
        for pair in pairs[:FOLLOWED_PAIRS]:
            self._follow(playthrough, pair, rng)
        return [*pairs, *(next_pair for pair in given for next_pair in _moved(game, pair, rng))]

    def compare_lookalikes(self, playthrough: Playthrough, rng: Random) -> list[LookalikePair]:
        """Compare each state that `lookalike` gives with the present one, and return the pairs."""
        if self._lookalike is None:
            return []
        state, pairs = playthrough.state, []
        for viewer in playthrough.viewers:
            other = self._lookalike(state, viewer, rng)
            if other is not None and other != state:
                pair = LookalikePair(viewer, (state, other), *_last_move(playthrough, viewer))
                self._compare(playthrough.game, pair)
                pairs.append(pair)
        return pairs

    def _compare(self, game: CheckedGame, pair: LookalikePair) -> None:
        self.compared_pairs += 1
        seen = visible_difference(game, pair)
        if seen:
            raise BrokenLaw(LAW, f"{pair.viewer_name} can tell {pair}, by {seen}")

    def _follow(self, playthrough: Playthrough, pair: LookalikePair, rng: Random) -> None:
        """Make the same moves in both states, until one may tell the viewer which state it is."""
        game, states = playthrough.game, pair.states
        for _ in range(FOLLOWED_MOVES):
            step = _common_move(game, states, rng)
            if step is None:
                return
            seat, move = step
            states = _after_both(game, states, seat, move)
            is_open = _is_shown_to_all(playthrough, seat, move, states[0])
            if is_open or _is_now_revealed(game, pair, states):
                return
            self._compare(game, LookalikePair(pair.viewer, states, pair.seat, pair.moves))


def visible_difference(game: CheckedGame, pair: LookalikePair) -> str | None:
    """Return how the viewer can tell the two states apart; None where they look alike."""
    for method, answer in _answers_to_viewer(game, pair).items():
        one, other = map(answer, pair.states)
        if one != other:
            return f"{method}: {difference(one, other)}"
        if json.dumps(one) != json.dumps(other):
            return f"{method}: the order of the keys of an object"
    return None


def _answers_to_viewer(
    game: CheckedGame, pair: LookalikePair
) -> dict[str, Callable[[State], Any]]:
    """Return, by method, a function that returns what the viewer of a pair is told of a state."""
    viewer, seat, move = pair.viewer, pair.seat, pair.moves[0]
    answers: dict[str, Callable[[State], Any]] = {
        "view": lambda state: game.view(state, viewer),
        "to_move": game.to_move,
        "outcome": lambda state: repr(game.outcome(state)),
    }
    if viewer is not None:
        answers["legal_moves"] = lambda state: game.legal_moves(state, viewer)
        answers["claims"] = lambda state: game.claims(state, viewer)
        answers["what IllegalMove says"] = lambda state: [
            game.refusal(state, viewer, probe) for probe in (*pair.moves, *PROBES)
        ]
    if pair.has_one_move and seat is not None:
        answers["shown_move"] = lambda state: game.shown_move(move, seat, viewer, state)
    return answers


def _pairs_of_moves(
    playthrough: Playthrough, legal: LegalMoves, rng: Random
) -> Iterator[LookalikePair]:
    """Yield the pairs of two moves of one seat that are shown to somebody else alike."""
    game, state = playthrough.game, playthrough.state
    for seat, moves in legal.items():
        made = [(move, after(game, state, seat, move)) for move in sample(moves, rng)]
        for viewer in playthrough.viewers:
            if viewer == seat:
                continue
            for (one, state_one), (other, state_other) in combinations(made, 2):
                shown = game.shown_move(one, seat, viewer, state_one)
                if shown == game.shown_move(other, seat, viewer, state_other):
                    yield LookalikePair(
                        viewer, (state_one, state_other), seat, (one, other), (state, state)
                    )


def _last_move(
    playthrough: Playthrough, viewer: int | None
) -> tuple[int | None, tuple[Move, Move]]:
    """Return the seat that moved last, and its move for each of two states that look alike.

    None where the viewer is not shown it: the other state may come of another move.
    """
    if not playthrough.moves:
        return None, (None, None)
    seat, move = playthrough.moves[-1]
    if playthrough.game.shown_move(move, seat, viewer, playthrough.state) is None:
        return None, (None, None)
    return seat, (move, move)


def _moved(game: CheckedGame, pair: LookalikePair, rng: Random) -> Iterator[LookalikePair]:
    """Yield the pair after a move in both states, where it may not tell one from the other."""
    step = _common_move(game, pair.states, rng)
    if step is None:
        return
    seat, move = step
    states = _after_both(game, pair.states, seat, move)
    moved = LookalikePair(pair.viewer, states, seat, (move, move), pair.states)
    if not any(map(game.outcome, states)) and visible_difference(game, moved) is None:
        yield moved


def _common_move(
    game: CheckedGame, states: tuple[State, State], rng: Random
) -> tuple[int, Move] | None:
    """Return a seat and a move that can be made in both states; None where there is none."""
    for seat in sample(game.to_move(states[0]), rng):
        one, other = (game.legal_moves(state, seat) for state in states)
        for move in sample(one, rng):
            if move in other:
                return seat, move
    return None


def _after_both(
    game: CheckedGame, states: tuple[State, State], seat: int, move: Move
) -> tuple[State, State]:
    return after(game, states[0], seat, move), after(game, states[1], seat, move)


def _is_shown_to_all(playthrough: Playthrough, seat: int, move: Move, state: State) -> bool:
    """Return whether everybody is shown the move, and may so be shown its effect."""
    game = playthrough.game
    return all(
        game.shown_move(move, seat, viewer, state) == move for viewer in playthrough.viewers
    )


def _is_now_revealed(
    game: CheckedGame, pair: LookalikePair, states: tuple[State, State]
) -> bool:
    """Return whether the viewer may know by now which of the two moves was made."""
    if pair.seat is None:
        return False
    one, other = (
        game.shown_move(move, pair.seat, pair.viewer, state)
        for move, state in zip(pair.moves, states, strict=True)
    )
    return bool(one != other)
