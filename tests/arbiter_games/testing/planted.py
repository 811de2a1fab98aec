"""Faults in small games that show rarely, late, elsewhere or only to a patient opponent."""

import time
from enum import Enum
from typing import Literal

from pydantic import BaseModel, Field

from arbiter_games.contract import Outcome
from arbiter_games.testing.game_laws import APART, SMALL
from arbiter_games.testing.json_values import EXACT
from arbiter_games.testing.many_games import EVERY_SEAT
from arbiter_games.testing.other_hashes import LAW as ELSEWHERE
from arbiter_games.testing.secrecy import LAW as SECRET
from arbiter_games.testing.time_limit import LAW as TIME
from docs.examples.goofspiel import CARDS, Goofspiel
from docs.examples.pig import Pig
from docs.examples.tictactoe import SQUARES, TicTacToe
from tests.arbiter_games.testing import planted_dice, planted_further
from tests.arbiter_games.testing.games import Countdown, Throws, WithNothing

REFUSED = "what is not legal is refused with IllegalMove"
STUCK = "somebody can always move until there is an outcome"
NAMES = ("ash", "birch", "cedar", "elm", "fir", "larch", "oak", "pine", "rowan", "yew")


class TakesATakenSquare(TicTacToe):
    def apply(self, state, player, move):
        if len(state["taken"]) == 8 and move in SQUARES and player in self.to_move(state):
            return {"taken": [*state["taken"], move]}
        return super().apply(state, player, move)


class TakesMoreThanThereIs(Countdown):
    def apply(self, state, player, move):
        if move == "take 2" and state["stones"] == 1 and player in self.to_move(state):
            return {"stones": 0, "taken": [*state["taken"], 2]}
        return super().apply(state, player, move)


class BidsACardTwice(Goofspiel):
    def apply(self, state, player, move):
        if isinstance(move, str) and move in [f"bid {card}" for card in CARDS]:
            if player in self.to_move(state) and len(state["bids"][player]) == 4:
                bids = [list(each) for each in state["bids"]]
                bids[player].append(int(move[-1]))
                return {**state, "bids": bids}
        return super().apply(state, player, move)


class TakesWhatOtherOptionsAllow(Countdown):
    class Options(BaseModel):
        stones: int = 6
        most: Literal[2, 3] = 2

    def setup(self, players, options, rng):
        return {**super().setup(players, options, rng), "most": options["most"]}

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        return [f"take {n}" for n in range(1, state["most"] + 1) if n <= state["stones"]]

    def apply(self, state, player, move):
        if move == "take 3" and state["stones"] >= 3 and player in self.to_move(state):
            return {**state, "stones": state["stones"] - 3, "taken": [*state["taken"], 3]}
        return {**state, **super().apply(state, player, move)}


class WithoutADraw(TicTacToe):
    def outcome(self, state):
        outcome = super().outcome(state)
        return None if outcome and outcome.winner is None else outcome


class WithoutTheDiagonal(TicTacToe):
    def outcome(self, state):
        if len(state["taken"]) == 9 and state["taken"][0] == "b2":
            return None
        return super().outcome(state)


class StopsForNoReason(Countdown):
    def to_move(self, state):
        return [] if state["taken"] == [1, 1, 1, 1] else super().to_move(state)


class EndlessAfterThreeOnes(Countdown):
    def apply(self, state, player, move):
        after = super().apply(state, player, move)
        return {**after, "stones": 2} if after["taken"][:3] == [2, 1, 2] else after


class FailsAtAWin(TicTacToe):
    def apply(self, state, player, move):
        after = super().apply(state, player, move)
        if sorted(after["taken"][1::2]) == ["a1", "b2", "c3"]:
            raise LookupError("no such line")
        return after


class JudgesAWinWrongly(TicTacToe):
    def outcome(self, state):
        if sorted(state["taken"][1::2]) == ["a3", "b2", "c1"]:
            raise LookupError("no such line")
        return super().outcome(state)


class OrdersMovesByHash(TicTacToe):
    def legal_moves(self, state, player):
        return [*set(super().legal_moves(state, player))]


class DrawsByHash(Countdown):
    chance = True

    def apply(self, state, player, move, chance):
        trees = [*set(NAMES)]
        return {**super().apply(state, player, move), "tree": chance.choice(trees)}


class ShowsAnOrderOfHashes(Countdown):
    def view(self, state, player):
        return {**super().view(state, player), "trees": [*set(NAMES)]}


class ShowsKeysInAnOrderOfHashes(Countdown):
    def view(self, state, player):
        return {**super().view(state, player), "trees": dict.fromkeys(set(NAMES), 1)}


class BeginsByHash(Countdown):
    def setup(self, players, options, rng):
        return {**super().setup(players, options, rng), "trees": [*set(NAMES)]}


class DependsOnHash(Countdown):
    def apply(self, state, player, move):
        return {**super().apply(state, player, move), "luck": hash(move) % 1000}


class RemembersInTheClass(Countdown):
    made: list[str] = []

    def apply(self, state, player, move):
        after = super().apply(state, player, move)
        self.made.append(move)
        return {**after, "made": len(self.made)}


class RemembersTheLastHeap(Countdown):
    heap = 0

    def setup(self, players, options, rng):
        state = super().setup(players, options, rng)
        type(self).heap = state["stones"]
        return state

    def apply(self, state, player, move):
        return {**super().apply(state, player, move), "of": self.heap}


class CachesByPly(Countdown):
    cached: dict[int, list[str]] = {}

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        return self.cached.setdefault(len(state["taken"]), super().legal_moves(state, player))


class ExportsOnlyMoves(Countdown):
    def export(self, record):
        return "text", f"The last move is {record.moves[-1]}."


class ExportsPairs(Countdown):
    def export(self, record):
        white, black = record.moves[0], record.moves[1]
        return "text", f"{white} {black}"


class ExportsNothingOfNothing(Countdown):
    def export(self, record):
        return "text", "\n".join(f"{seat} {move}" for seat, move in record.moves)


class ExportsPoints(Countdown):
    def export(self, record):
        return "text", f"{record.result['by_player'][record.players[0]]} points"


class FailsFast(Countdown):
    class Options(BaseModel):
        stones: int = 6
        fast: bool = False

    def setup(self, players, options, rng):
        return {**super().setup(players, options, rng), "pace": {False: 1}[options["fast"]]}


class HasNoMoveAtFive(Countdown):
    class Options(BaseModel):
        stones: Literal[3, 4, 5] = 3

    def legal_moves(self, state, player):
        moves = super().legal_moves(state, player)
        return [] if state["stones"] == 5 else moves


class NeverEndsAtMost(Countdown):
    class Options(BaseModel):
        stones: int = Field(default=6, ge=1, le=40)

    def apply(self, state, player, move):
        after = super().apply(state, player, move)
        return {**after, "stones": 40} if state["stones"] >= 39 else after


class Kind(Enum):
    SMALL = "small"
    LARGE = "large"


class FailsAtLarge(Countdown):
    class Options(BaseModel):
        stones: int = 6
        kind: Kind = Kind.SMALL

    def setup(self, players, options, rng):
        state = super().setup(players, options, rng)
        return {**state, "kind": {"small": 1}[options["kind"]]}


class ForgetsTheThird(Countdown):
    max_players = 3


class NeverAsksTheSecond(WithNothing):
    def apply(self, state, player, move):
        return {**super().apply(state, player, move), "turn": 0}


class TellsByTheOrderOfKeys(Throws):
    def view(self, state, player):
        view, throws = super().view(state, player), state["rounds"][-1]
        order = sorted(self.BEATS, key=lambda each: each not in throws)
        return {**view, "left": dict.fromkeys(order, 3)}


class AddsTenths(Pig):
    def apply(self, state, player, move, chance):
        after = super().apply(state, player, move, chance)
        return {**after, "bonus": (state.get("bonus") or 0) + 0.1}


class HalvesToWholeFloats(Pig):
    def apply(self, state, player, move, chance):
        after = super().apply(state, player, move, chance)
        return {**after, "half": after["pot"] / 2}


def hang():
    while True:
        pass


def catch_all():
    while True:
        try:
            hang()
        except Exception:  # noqa: S110
            pass


def slow(number):
    return number if number < 2 else slow(number - 1) + slow(number - 2)


class HangsInLegalMoves(Countdown):
    def legal_moves(self, state, player):
        return hang() if len(state["taken"]) == 3 else super().legal_moves(state, player)


class HangsInApply(Countdown):
    def apply(self, state, player, move):
        return catch_all() if len(state["taken"]) == 2 else super().apply(state, player, move)


class HangsInView(Countdown):
    def view(self, state, player):
        return hang() if state["taken"][:2] == [1, 1] else super().view(state, player)


class HangsInSetup(Countdown):
    class Options(BaseModel):
        stones: int = 6
        large: bool = False

    def setup(self, players, options, rng):
        return hang() if options["large"] else super().setup(players, options, rng)


class HangsInExport(Countdown):
    def export(self, record):
        return super().export(record) if len(record.moves) > 1 else hang()


class HangsWhereAMoveIsHostile(Countdown):
    def apply(self, state, player, move):
        return hang() if move == [[None]] else super().apply(state, player, move)


class HangsRarely(TicTacToe):
    def outcome(self, state):
        if sorted(state["taken"][1::2]) == ["a1", "b2", "c3"]:
            hang()
        return super().outcome(state)


class Sleeps(Countdown):
    def outcome(self, state):
        if len(state["taken"]) == 2:
            time.sleep(3600)
        return super().outcome(state)


class GetsSlower(WithNothing):
    def to_move(self, state):
        slow(state["ply"])
        return [state["turn"]] if state["ply"] < 60 else []


class IsSlowInAll(WithNothing):
    def to_move(self, state):
        slow(28)
        return super().to_move(state)


class GrowsTwofold(WithNothing):
    def to_move(self, state):
        return [state["turn"]] if state["ply"] < 40 else []

    def apply(self, state, player, move):
        log = state.get("log", "a")
        return {**super().apply(state, player, move), "log": log + log}


class StoresAllWithEachMove(WithNothing):
    def to_move(self, state):
        return [state["turn"]] if state["ply"] < 300 else []

    def apply(self, state, player, move):
        log = [*state.get("log", []), "x" * 80]
        return {**super().apply(state, player, move), "log": log}

    def outcome(self, state):
        return None if self.to_move(state) else Outcome(None, "nothing_left")


PLANTED = [
    *planted_further.PLANTED, *planted_dice.PLANTED,
    (TakesATakenSquare, REFUSED), (TakesMoreThanThereIs, REFUSED), (BidsACardTwice, REFUSED),
    (TakesWhatOtherOptionsAllow, REFUSED),
    (WithoutADraw, STUCK), (WithoutTheDiagonal, STUCK), (StopsForNoReason, STUCK),
    (EndlessAfterThreeOnes, "an outcome comes"),
    (FailsAtAWin, "apply raises nothing but IllegalMove"),
    (JudgesAWinWrongly, "to_move raises nothing"),
    (OrdersMovesByHash, ELSEWHERE), (DrawsByHash, ELSEWHERE),
    (ShowsAnOrderOfHashes, ELSEWHERE),
    (ShowsKeysInAnOrderOfHashes, ELSEWHERE), (BeginsByHash, ELSEWHERE), (DependsOnHash, ELSEWHERE),
    (RemembersInTheClass, "the same seed gives the same game"), (RemembersTheLastHeap, APART),
    (CachesByPly, ELSEWHERE),
    (ExportsOnlyMoves, "export raises nothing"), (ExportsPairs, "export raises nothing"),
    (ExportsNothingOfNothing, "export returns a format and a text"),
    (ExportsPoints, "export raises nothing"),
    (FailsFast, "setup raises nothing"), (HasNoMoveAtFive, STUCK),
    (NeverEndsAtMost, "an outcome comes"), (FailsAtLarge, "setup raises nothing"),
    (ForgetsTheThird, EVERY_SEAT), (NeverAsksTheSecond, EVERY_SEAT),
    (TellsByTheOrderOfKeys, SECRET), (AddsTenths, EXACT), (HalvesToWholeFloats, EXACT),
    (HangsInLegalMoves, TIME), (HangsInApply, TIME), (HangsInView, TIME), (HangsInSetup, TIME),
    (HangsInExport, TIME), (HangsWhereAMoveIsHostile, TIME), (HangsRarely, TIME), (Sleeps, TIME),
    (GetsSlower, TIME), (IsSlowInAll, TIME),
    (GrowsTwofold, "states, moves and views survive JSON"), (StoresAllWithEachMove, SMALL),
]
