"""Games that break the laws of what a game says, stores and draws by lot, each with its law."""

import random

from tests.arbiter_games.testing.games import Countdown

JSON = "states, moves and views survive JSON"
CHANGES = "{} never changes its argument".format
SEED = "the same seed gives the same game"


class Nameless(Countdown):
    name = ""


class Untitled(Countdown):
    title = None


class ForNobody(Countdown):
    min_players = 3


class WithAClock(Countdown):
    class Options(Countdown.Options):
        clock: int = 1


class Demanding(Countdown):
    class Options(Countdown.Options):
        colour: str


class WithTuples(Countdown):
    def setup(self, *arguments):
        return {**super().setup(*arguments), "taken": ()}


class WithNumberedKeys(Countdown):
    def setup(self, *arguments):
        return {**super().setup(*arguments), "seats": {0: "first"}}


class WithInfinity(Countdown):
    def apply(self, state, player, move):
        return {**super().apply(state, player, move), "value": float("inf")}


class WithSets(Countdown):
    def view(self, state, player):
        return {**super().view(state, player), "seen": {1, 2}}


class InPlace(Countdown):
    def apply(self, state, player, move):
        after = super().apply(state, player, move)
        state["taken"].append(int(move[-1]))
        return after


class InPlaceWhenRefusing(Countdown):
    def apply(self, state, player, move):
        state["tries"] = state.get("tries", 0) + 1
        return super().apply(state, player, move)


class ViewedInPlace(Countdown):
    def view(self, state, player):
        state["viewed"] = True
        return super().view(state, player)


class OfPureLuck(Countdown):
    def setup(self, players, options, rng):
        return {**super().setup(players, options, rng), "luck": random.randrange(10**9)}


class OfMovingLuck(Countdown):
    def apply(self, state, player, move):
        return {**super().apply(state, player, move), "luck": random.randrange(10**9)}


class Counting(Countdown):
    """Keeps in the instance what belongs in the state."""

    games = 0

    def setup(self, *arguments):
        self.games += 1
        return {**super().setup(*arguments), "games": self.games}


class Unlucky(Countdown):
    chance = True


class Lucky(Countdown):
    def apply(self, state, player, move, chance):
        return super().apply(state, player, move)


class OfOtherLuck(Countdown):
    chance = True

    def apply(self, state, player, move, chance):
        luck = chance.randrange(10**9) + random.randrange(10**9)
        return {**super().apply(state, player, move), "luck": luck}


BROKEN = [
    (Nameless, "a game says what it is"),
    (Untitled, "a game says what it is"),
    (ForNobody, "a game says what it is"),
    (Unlucky, "a game says what it is"),
    (Lucky, "a game says what it is"),
    (WithAClock, "a game says what it is"),
    (Demanding, "every option has a default"),
    (WithTuples, JSON),
    (WithNumberedKeys, JSON),
    (WithInfinity, JSON),
    (WithSets, JSON),
    (InPlace, CHANGES("apply")),
    (InPlaceWhenRefusing, CHANGES("apply")),
    (ViewedInPlace, CHANGES("view")),
    (OfPureLuck, SEED),
    (OfMovingLuck, SEED),
    (OfOtherLuck, SEED),
    (Counting, SEED),
]
