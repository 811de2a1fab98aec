"""Faults of small games in what follows when players leave, in notations and in parts of moves."""

from arbiter_games.contract import IllegalMove, Outcome
from arbiter_games.testing.leaving import OUT
from arbiter_games.testing.notation_law import LAW as NOTATION
from arbiter_games.testing.view_laws import HISTORY
from docs.examples.pig import Pig
from docs.examples.tictactoe import TicTacToe
from tests.arbiter_games.testing.games import Countdown

REFUSED = "what is not legal is refused with IllegalMove"
STANDING = "an outcome has a place, score or team of each seat"


class PigOfFour(Pig):
    min_players = max_players = 4


class TakesBackWhoLeftBefore(PigOfFour):
    def leave(self, state, seat):
        return super().leave({**state, "out": []}, seat)


class NeverEndsOnceOneHasLeft(PigOfFour):
    def leave(self, state, seat):
        return {**super().leave(state, seat), "goal": 10**9}


class FailsWhereThreeHaveLeft(PigOfFour):
    def leave(self, state, seat):
        return {**super().leave(state, seat), "pace": {0: 1, 1: 2}[len(state["out"])]}


class JudgesWhoIsInAlone(PigOfFour):
    def outcome(self, state):
        outcome = super().outcome(state)
        if outcome is None or not state["out"]:
            return outcome
        points = [each for seat, each in enumerate(state["points"]) if seat not in state["out"]]
        return Outcome(outcome.winner, outcome.reason, scores=points)


class ShowsTheTurnOfWhoHasLeft(PigOfFour):
    def leave(self, state, seat):
        return {**super().leave(state, seat), "shown": state["turn"]}

    def apply(self, state, player, move, chance):
        after = super().apply(state, player, move, chance)
        return {**after, "shown": after["turn"]}

    def view(self, state, player):
        return {**state, "turn": state.get("shown", state["turn"])}


class GivesPlacesToNobody(TicTacToe):
    def outcome(self, state):
        outcome = super().outcome(state)
        rare = sorted(state["taken"][1::2]) == ["a1", "b2", "c3"]
        return Outcome(1, "diagonal", places=[1]) if outcome and rare else outcome


class TakesFromTheEnd(Countdown):
    def legal_moves(self, state, player):
        return [{"nth": nth} for nth, _ in enumerate(super().legal_moves(state, player))]

    def apply(self, state, player, move):
        moves, nth = super().legal_moves(state, player), None
        if isinstance(move, dict) and set(move) == {"nth"} and type(move["nth"]) is int:
            nth = move["nth"]
        if nth is None or not -len(moves) <= nth < len(moves):
            raise IllegalMove("That can't be taken.")
        number = int(moves[nth][-1])
        return {"stones": state["stones"] - number, "taken": [*state["taken"], number]}


class WritesNothing(Countdown):
    def notation(self, state, player, move):
        return "" if len(state["taken"]) == 2 else move


class WritesByWhatIsNotStored(Countdown):
    def for_history(self, state):
        return {**state, "taken": [*map(abs, state["taken"])]}

    def apply(self, state, player, move):
        after = super().apply(state, player, move)
        return {**after, "taken": [*state["taken"], -after["taken"][-1]]}

    def view(self, state, player):
        return super().view({**state, "taken": [*map(abs, state["taken"])]}, player)

    def notation(self, state, player, move):
        return f"{move} after {state['taken'][-1:]}"


class WritesTheFirstBadly(Countdown):
    def notation(self, state, player, move):
        return f"{move} after {state['taken'][-1]}"


class ExportsWhoLeftByTheOrder(PigOfFour):
    def export(self, record):
        return "text", ", ".join(["left:", *(record.players[each] for each in record.left)])


PLANTED = [
    (TakesBackWhoLeftBefore, OUT), (NeverEndsOnceOneHasLeft, "an outcome comes"),
    (FailsWhereThreeHaveLeft, "leave raises nothing"), (JudgesWhoIsInAlone, STANDING),
    (ShowsTheTurnOfWhoHasLeft, "a view has turn and ply"), (GivesPlacesToNobody, STANDING),
    (TakesFromTheEnd, REFUSED), (WritesNothing, NOTATION), (WritesByWhatIsNotStored, HISTORY),
    (WritesTheFirstBadly, "notation raises nothing"),
    (ExportsWhoLeftByTheOrder, "export raises nothing"),
]
