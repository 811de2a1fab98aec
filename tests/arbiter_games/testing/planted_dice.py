"""Faults of a game of dice under cups for three to six, of whom some drop out and some leave."""

import random

from arbiter_games.contract import Game
from arbiter_games.testing.leaving import OUT, SAME, TURN
from arbiter_games.testing.secrecy import LAW as SECRET
from arbiter_games.testing.view_laws import HISTORY
from docs.examples.liars_dice import FACES, LiarsDice, next_seat

FITS = "determinize fits what the seat sees"


def other_dice(state, viewer, rng):
    """Return the state with other dice under the cups of others."""
    return {**state, "dice": [
        cup if seat == viewer else sorted(rng.choices(FACES, k=len(cup)))
        for seat, cup in enumerate(state["dice"])
    ]}


class Dice(LiarsDice):
    """Right: whoever leaves takes the dice along, and the bid if it is theirs."""

    min_players = 3

    def leave(self, state, seat):
        dice = [[] if at == seat else cup for at, cup in enumerate(state["dice"])]
        after = {**state, "dice": dice, "out": [*state["out"], seat]}
        if seat == state["bidder"]:
            after |= {"bid": None, "bidder": None}
        if seat == state["turn"] and any(dice):
            after["turn"] = next_seat(after, seat)
        return after


class KeepsTheBidOfWhoLeaves(Dice):
    def leave(self, state, seat):
        return {**super().leave(state, seat), "bid": state["bid"], "bidder": state["bidder"]}


class DrawsWhereOneLeaves(Dice):
    def leave(self, state, seat):
        after = super().leave(state, seat)
        return {**after, "dice": [random.choices(FACES, k=len(cup)) for cup in after["dice"]]}


class CountsALeaveAsAMove(Dice):
    def leave(self, state, seat):
        return {**super().leave(state, seat), "ply": state["ply"] + 1}


class GivesTheTurnToWhoIsOut(Dice):
    def leave(self, state, seat):
        after = super().leave(state, seat)
        is_next = seat == state["turn"]
        return {**after, "turn": (seat + 1) % len(state["dice"])} if is_next else after


class ShowsCupsOnceOneHasLeft(Dice):
    determinize = Game.determinize

    def leave(self, state, seat):
        return {**super().leave(state, seat), "open": True}

    def view(self, state, player):
        return state if state.get("open") else super().view(state, player)


class GuessesForWhoHasLeft(Dice):
    def leave(self, state, seat):
        return {**super().leave(state, seat), "gone": [*state.get("gone", []), seat]}

    def determinize(self, view, seat, rng):
        guess = super().determinize(view, seat, rng)
        return {**guess, "dice": [
            [1] if at in view.get("gone", []) else cup for at, cup in enumerate(guess["dice"])
        ]}


class ForgetsWhoHasLeft(Dice):
    def leave(self, state, seat):
        return {**super().leave(state, seat), "gone": [*state.get("gone", []), seat]}

    def for_history(self, state):
        return {name: each for name, each in state.items() if name != "gone"}


class KeepsTheSource(Dice):
    kept = None

    def apply(self, state, player, move, chance):
        type(self).kept = self.kept or chance
        return super().apply(state, player, move, self.kept)


class RollsTheFirstByItself(Dice):
    def setup(self, players, options, rng):
        return super().setup(players, options, random if players == 5 else rng)


class ShowsSpectatorsTheLastTwo(Dice):
    determinize = Game.determinize

    def view(self, state, player):
        last_two = len(state["dice"]) - len(state["out"]) == 2
        return state if player is None and last_two else super().view(state, player)


class ShowsTheNextCupOfFive(Dice):
    determinize = Game.determinize

    def view(self, state, player):
        view, dice = super().view(state, player), state["dice"]
        if player is not None and len(dice) > 4 and state["out"]:
            shown = (player, (player + 1) % len(dice))
            view["dice"] = [
                cup if seat in shown else [None] * len(cup) for seat, cup in enumerate(dice)
            ]
        return view


class OffersACallWhereItWins(Dice):
    def legal_moves(self, state, player):
        moves, bid = super().legal_moves(state, player), state["bid"]
        if bid and sum(cup.count(bid["face"]) for cup in state["dice"]) >= bid["count"] > 1:
            return moves[1:] or moves
        return moves


class AsksTheFirstWhoIsOut(Dice):
    def apply(self, state, player, move, chance):
        after = super().apply(state, player, move, chance)
        is_second = len(after["out"]) == 2 > len(state["out"])
        return {**after, "turn": after["out"][0]} if is_second else after


PLANTED = [(game, law, other_dice) for game, law in (
    (KeepsTheBidOfWhoLeaves, OUT), (DrawsWhereOneLeaves, SAME), (CountsALeaveAsAMove, TURN),
    (GivesTheTurnToWhoIsOut, OUT),
    (ShowsCupsOnceOneHasLeft, SECRET), (GuessesForWhoHasLeft, FITS), (ForgetsWhoHasLeft, HISTORY),
    (KeepsTheSource, SAME), (RollsTheFirstByItself, SAME), (ShowsSpectatorsTheLastTwo, SECRET),
    (ShowsTheNextCupOfFive, SECRET), (OffersACallWhereItWins, SECRET), (AsksTheFirstWhoIsOut, OUT),
)]
