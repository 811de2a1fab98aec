"""Games of three that break the laws of seats that are out, each with its law."""

from arbiter_games.testing.leaving import GOES_ON, OUT
from docs.examples.pig import Pig


class PigOfThree(Pig):
    min_players = 3


class LeavesItsTurn(PigOfThree):
    def leave(self, state, seat):
        return {**state, "out": [*state["out"], seat]}


class LeavesOnce(PigOfThree):
    def leave(self, state, seat):
        return {**super().leave(state, seat), "out": []}


class LeavesNothing(PigOfThree):
    def leave(self, state, seat):
        return None


class LeavesNobody(PigOfThree):
    def leave(self, state, seat):
        return {**state, "left": True}

    def to_move(self, state):
        return [] if "left" in state else super().to_move(state)


class LeavesInPlace(PigOfThree):
    def leave(self, state, seat):
        state["out"].append(seat)
        return super().leave({**state, "out": state["out"][:-1]}, seat)


class OutForATurn(PigOfThree):
    def is_out(self, state, seat):
        return seat == (state["turn"] + 1) % 3


class OutByANumber(PigOfThree):
    def is_out(self, state, seat):
        return 0


BROKEN = [
    (LeavesItsTurn, OUT),
    (LeavesOnce, OUT),
    (LeavesNothing, GOES_ON),
    (LeavesNobody, GOES_ON),
    (LeavesInPlace, "leave never changes its argument"),
    (OutForATurn, OUT),
    (OutByANumber, OUT),
]
