"""Games that break the laws of moves, refusals and turns, each with its law."""

import random
from typing import Literal

from pydantic import BaseModel, Field, RootModel

from arbiter_games.contract import IllegalMove
from tests.arbiter_games.testing.games import Countdown, WithNothing, WithNumbers, WithObjects

FORM = "every legal move fits Moves"
REFUSED = "what is not legal is refused with IllegalMove"
CAN_MOVE = "somebody can always move until there is an outcome"


class Fussy(Countdown):
    def apply(self, state, player, move):
        return super().apply(state, player, "more" if move == "take 2" else move)


class Repeating(Countdown):
    def legal_moves(self, state, player):
        return super().legal_moves(state, player) * 2


class Null(WithNothing):
    def legal_moves(self, state, player):
        return [None] if player in self.to_move(state) else []


class Shuffling(Countdown):
    def legal_moves(self, state, player):
        moves = super().legal_moves(state, player)
        return random.sample(moves, len(moves))


class Standing(Countdown):
    def apply(self, state, player, move):
        super().apply(state, player, move)
        return dict(state)


class Lenient(Countdown):
    def apply(self, state, player, move):
        return super().apply(state, player, move.strip() if isinstance(move, str) else move)


class LenientAboutTypes(WithNumbers):
    """Takes true as well, which equals 1 in Python."""

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove("That can't be played.")
        return {"stones": state["stones"] - move, "taken": [*state["taken"], move]}


class OutOfTurn(Countdown):
    def apply(self, state, player, move):
        turn = len(state["taken"]) % 2
        return super().apply(state, turn if player in (0, 1) else player, move)


class BeyondTheEnd(Countdown):
    def apply(self, state, player, move):
        if not state["stones"] and move == "take 1":
            return {"stones": 0, "taken": [*state["taken"], 1]}
        return super().apply(state, player, move)


class Unhashing(Countdown):
    def apply(self, state, player, move):
        return super().apply(state, player, move if move in {"take 1", "take 2"} else "")


class Raising(Countdown):
    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise ValueError("no")
        return super().apply(state, player, move)


class FailingAtItself(Countdown):
    """Fails at a move from a square to itself, as a library of chess does."""

    def apply(self, state, player, move):
        if isinstance(move, str) and move[:3] == move[3:]:
            raise ValueError("no")
        return super().apply(state, player, move)


class AnyDigits(Countdown):
    """Takes the digits of any script, as `int` does."""

    def apply(self, state, player, move):
        if isinstance(move, str) and move[:-1] == "take " and move[-1].isdigit():
            move = f"take {int(move[-1])}"
        return super().apply(state, player, move)


class RaisingElsewhere(Countdown):
    def claims(self, state, player):
        return state["no such thing"]


class ManyLines(Countdown):
    def apply(self, state, player, move):
        try:
            return super().apply(state, player, move)
        except IllegalMove as error:
            raise IllegalMove(f"{error}\nTry again.") from None


class Silent(Countdown):
    def apply(self, state, player, move):
        try:
            return super().apply(state, player, move)
        except IllegalMove:
            raise IllegalMove from None


class Stuck(Countdown):
    def to_move(self, state):
        return super().to_move(state) if state["stones"] > 2 else []


class StuckWithATurn(Countdown):
    def legal_moves(self, state, player):
        return super().legal_moves(state, player) if state["stones"] > 2 else []


class GoingOn(Countdown):
    def to_move(self, state):
        return [len(state["taken"]) % 2]


class ManySeats(Countdown):
    def to_move(self, state):
        return [seat + 2 for seat in super().to_move(state)]


class ForAnybody(Countdown):
    def legal_moves(self, state, player):
        return super().legal_moves(state, len(state["taken"]) % 2)


class Endless(Countdown):
    def apply(self, state, player, move):
        after = super().apply(state, player, move)
        return after if after["stones"] else {**after, "stones": 6}


class Takes(BaseModel):
    take: int = Field(le=1)


class BeyondItsForm(Countdown):
    Moves = RootModel[Literal["take 1"]]


class BeyondABound(WithObjects):
    Moves = Takes


class WithAnotherField(WithObjects):
    Moves = {"type": "object", "properties": {"count": {"type": "integer"}}}


class WithoutASchema(Countdown):
    Moves = RootModel[object.__class__]


BROKEN = [
    (Fussy, "every legal move is accepted"),
    (Repeating, "legal_moves lists each move once, always in one order"),
    (Null, "no move is null"),
    (Shuffling, "legal_moves lists each move once, always in one order"),
    (Standing, "a move changes the state"),
    (Lenient, REFUSED),
    (LenientAboutTypes, REFUSED),
    (OutOfTurn, REFUSED),
    (BeyondTheEnd, REFUSED),
    (Unhashing, "apply raises nothing but IllegalMove"),
    (Raising, "apply raises nothing but IllegalMove"),
    (FailingAtItself, "apply raises nothing but IllegalMove"),
    (AnyDigits, REFUSED),
    (RaisingElsewhere, "claims raises nothing"),
    (ManyLines, "a refusal is a sentence that can be shown"),
    (Silent, "a refusal is a sentence that can be shown"),
    (Stuck, CAN_MOVE),
    (StuckWithATurn, CAN_MOVE),
    (GoingOn, "nobody moves once there is an outcome"),
    (ManySeats, "to_move names seats, each once"),
    (ForAnybody, "who is not to move has no legal moves"),
    (Endless, "an outcome comes"),
    (BeyondItsForm, FORM), (BeyondABound, FORM), (WithAnotherField, FORM), (WithoutASchema, FORM),
]
