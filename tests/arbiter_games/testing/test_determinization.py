"""A game that offers states to fit a view is broken in each way, and the kit finds it."""

import random

import pytest

from arbiter_games.battleship import Battleship
from arbiter_games.testing import BrokenLaw, assert_game_conforms
from arbiter_games.testing.determinization import ALONE, ENDS, FITS
from arbiter_games.testing.playthrough import Playthrough
from tests.arbiter_games.testing.games import Throws

LAWS = (FITS, ALONE, ENDS)


class Guessing(Throws):
    """Offers a throw for each that is hidden."""

    def determinize(self, view, seat, rng):
        *before, throws = view["rounds"]
        drawn = [rng.choice(list(self.BEATS)) if each is True else each or None for each in throws]
        return {"rounds": [*before, drawn]}


class Remembering(Guessing):
    """Keeps the state that it has shown."""

    shown = None

    def view(self, state, player):
        self.shown = state
        return super().view(state, player)

    def determinize(self, view, seat, rng):
        guessed = super().determinize(view, seat, rng)
        return self.shown if self.shown and self.view(self.shown, seat) == view else guessed


class RememberingForAll(Guessing):
    """Keeps the state that it has shown, in the class and so for each copy."""

    shown = {}

    def view(self, state, player):
        self.shown["state"] = state
        return super().view(state, player)

    def determinize(self, view, seat, rng):
        guessed, shown = super().determinize(view, seat, rng), self.shown.get("state")
        return shown if shown and super().view(shown, seat) == view else guessed


class Undetermined(Guessing):
    def determinize(self, view, seat, rng):
        return super().determinize(view, seat, random.Random())


class Inventing(Guessing):
    """Forgets what has been thrown."""

    def determinize(self, view, seat, rng):
        return self.setup(2, {}, rng)


class Finishing(Guessing):
    """Lets everybody have thrown."""

    def determinize(self, view, seat, rng):
        return {"rounds": [["rock", "paper"]]}


class Failing(Guessing):
    def determinize(self, view, seat, rng):
        return {"round": []}


class Reluctant(Guessing):
    def determinize(self, view, seat, rng):
        return super().determinize(view, seat, rng) if view["ply"] else None


class Endless(Guessing):
    def determinize(self, view, seat, rng):
        while rng.random() < 2:
            pass


def test_a_game_that_guesses_conforms():
    assert_game_conforms(Guessing())


@pytest.mark.parametrize(("game", "law"), [
    (Remembering, ALONE), (RememberingForAll, ALONE), (Undetermined, ALONE), (Inventing, FITS),
    (Finishing, FITS), (Failing, FITS), (Reluctant, FITS), (Endless, ENDS),
])
def test_a_broken_determinization_is_found(game, law):
    with pytest.raises(BrokenLaw) as caught:
        assert_game_conforms(game())
    assert caught.value.law == law


def test_battleship_offers_more_than_one_fleet():
    game, rng = Battleship(), random.Random(1)
    played = Playthrough(game, 2, {}, 1)
    played.begin()
    for _ in range(40):
        seat = game.to_move(played.state)[0]
        played.play(seat, rng.choice(game.legal_moves(played.state, seat)))
    view = game.view(played.state, 0)
    fleets = [game.determinize(view, 0, random.Random(seed))["placed"] for seed in range(5)]
    assert all(fleet[0] == played.state["placed"][0] for fleet in fleets)
    assert len({str(fleet[1]) for fleet in fleets}) == 5
