"""The laws of `determinize`, for a game that offers it."""

from collections.abc import Sequence
from random import Random

from arbiter_games.testing.broken_law import BrokenLaw, brief, require
from arbiter_games.testing.checked_game import CheckedGame
from arbiter_games.testing.json_values import difference
from arbiter_games.testing.playthrough import Playthrough

MAX_DRAWS = 100_000

FITS = "determinize fits what the seat sees"
ALONE = "determinize uses nothing but the view"
ENDS = "determinize ends"


class CountedRandom(Random):
    """A generator that raises BrokenLaw for a function that never stops drawing from it."""

    draws = 0

    def random(self) -> float:
        """Return the next number between 0 and 1."""
        self._count()
        return super().random()

    def getrandbits(self, bits: int, /) -> int:
        """Return the next number of this many bits."""
        self._count()
        return super().getrandbits(bits)

    def _count(self) -> None:
        self.draws += 1
        require(self.draws <= MAX_DRAWS, ENDS, f"it has drawn {MAX_DRAWS} random numbers")


def require_determinizations(
    playthrough: Playthrough, unplayed: CheckedGame, rng: Random, seats: Sequence[int] = ()
) -> None:
    """Require a state that fits what a seat sees, one of these or of all, which is drawn by lot.

    `unplayed` is a copy of the game that has seen no state: it must return the same. So must the
    game itself once it has been shown another state, which it may have kept in its class.
    """
    game = playthrough.game
    if not game.determinizes:
        return
    seat, seed = rng.choice(seats or playthrough.seats), rng.getrandbits(32)
    view = game.view(playthrough.state, seat)
    state = game.determinize(view, seat, CountedRandom(seed))
    other = unplayed.determinize(view, seat, CountedRandom(seed))
    require(
        state == other, ALONE,
        f"a copy that has seen no state returned another: {difference(state, other)}",
    )
    game.view(playthrough.setup, seat)
    again = game.determinize(view, seat, CountedRandom(seed))
    require(
        state == again, ALONE,
        f"once it was shown another state, it returned another: {difference(state, again)}",
    )
    _require_fit(playthrough, seat, view, state)


def _require_fit(playthrough: Playthrough, seat: int, view: object, state: object) -> None:
    game, where = playthrough.game, f"the state for seat {seat}"
    require(state is not None, FITS, f"{where} is None")
    try:
        shown, outcome = game.view(state, seat), game.outcome(state)
        to_move = game.to_move(state)
        legal = {each: game.legal_moves(state, each) for each in {*to_move, seat}}
    except BrokenLaw as broken:
        raise BrokenLaw(FITS, f"{where} is none of the game's: {broken.evidence}") from None
    require(shown == view, FITS, f"{where} is seen otherwise: {difference(view, shown)}")
    require(outcome is None and to_move, FITS, f"{where} is at its end: {outcome}")
    stuck = [each for each in to_move if not legal[each]]
    require(not stuck, FITS, f"in {where}, {stuck} are to move and can't")
    true = game.legal_moves(playthrough.state, seat)
    require(
        legal[seat] == true, FITS,
        f"in {where}, the legal moves are {brief(legal[seat])}, and not {brief(true)}",
    )
