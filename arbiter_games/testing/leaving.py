"""The laws of seats that are out: by the rules, or as their players have left."""

from random import Random

from arbiter_games.contract import Leaving, State
from arbiter_games.testing.broken_law import BrokenLaw, brief, require
from arbiter_games.testing.json_values import difference
from arbiter_games.testing.outcome_laws import require_outcome
from arbiter_games.testing.playthrough import Playthrough, after

OUT = "who is out moves no more"
GOES_ON = "others can move when one has left"
TURN = "a view has turn and ply"
SAME = "the same seed gives the same game"
FOLLOWED_MOVES = 12


class SeatsOut:
    """The seats of one game that were once out."""

    def __init__(self) -> None:
        self._seats: set[int] = set()

    def require_out(self, playthrough: Playthrough, to_move: list[int]) -> None:
        """Require that nobody is to move who is out, or was before."""
        if playthrough.players <= 2:
            return
        for seat in playthrough.seats:
            out = playthrough.game.is_out(playthrough.state, seat)
            require(isinstance(out, bool), OUT, f"is_out(state, {seat}) is {out!r}")
            self._seats |= {seat} if out else set()
        movers = self._seats & {*to_move}
        require(not movers, OUT, f"is_out has said so of seats {sorted(movers)}, now to move")


def require_departure(playthrough: Playthrough, rng: Random) -> tuple[int, State] | None:
    """Require that others play on, for some moves, when a seat leaves that is drawn by lot.

    Returns the seat and the state without it, if `leave` makes one and the game goes on in it.
    """
    game, state = playthrough.game, playthrough.state
    staying = [each for each in playthrough.seats if not game.is_out(state, each)]
    if playthrough.players <= 2 or not staying:
        return None
    seat = rng.choice(staying)
    first = left = game.leave(state, seat)
    again = game.leave(state, seat)
    require(left == again, SAME, f"leave(state, {seat}) made {difference(left, again)}")
    if isinstance(left, Leaving) or not _is_under_way(playthrough, left, seat):
        return None
    for _ in range(FOLLOWED_MOVES):
        mover = rng.choice(game.to_move(left))
        legal = game.legal_moves(left, mover)
        require(legal, GOES_ON, f"after leave(state, {seat}), seat {mover} has no legal move")
        left = after(game, left, mover, rng.choice(legal))
        if not _is_under_way(playthrough, left, seat):
            break
    return seat, first


def _is_under_way(playthrough: Playthrough, state: State, seat: int) -> bool:
    """Return whether a game goes on that a seat has left, as it must be by the laws."""
    game = playthrough.game
    try:
        outcome, to_move = game.outcome(state), game.to_move(state)
        views = [game.view(state, viewer) for viewer in playthrough.viewers]
        out = [each for each in to_move if game.is_out(state, each)]
    except BrokenLaw as broken:
        raise BrokenLaw(
            GOES_ON, f"leave(state, {seat}) is no state of the game: {broken.evidence}"
        ) from None
    require(seat not in to_move, OUT, f"seat {seat} has left, and is to move: {brief(to_move)}")
    require(not out, OUT, f"after leave(state, {seat}), {out} are out, and to move")
    require(
        to_move or outcome, GOES_ON, f"after leave(state, {seat}), nobody is to move or has won"
    )
    if outcome is not None:
        require_outcome(outcome, playthrough.players)
    for view in views:
        has_turn = isinstance(view, dict) and "turn" in view
        require(
            has_turn and (not to_move or view["turn"] is None or to_move == [view["turn"]]), TURN,
            f"after leave(state, {seat}), to_move is {to_move}, and a view is {brief(view)}",
        )
    return outcome is None
