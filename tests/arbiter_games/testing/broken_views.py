"""Games that break the laws of views, history, claims and outcomes, each with its law."""

from arbiter_games.contract import Outcome
from arbiter_games.testing.json_values import EXACT
from tests.arbiter_games.testing.games import Countdown, Throws

TURN = "a view has turn and ply"
REVEAL = "reveal shows a position, with turn and ply"
HISTORY = "history shows what was there"
CLAIMS = "claims are reasons, for who is to move"
STANDING = "an outcome has a place, score or team of each seat"
FIRST = "who wins is first, alone or with a team"
OUTCOME = "an outcome is a winner, or None, and a reason"
EXPORT = "export returns a format and a text"


class WithoutPly(Countdown):
    def view(self, state, player):
        return {"turn": super().view(state, player)["turn"]}


class Miscounting(Countdown):
    def view(self, state, player):
        return {**super().view(state, player), "ply": 0}


class OfTheOther(Countdown):
    def view(self, state, player):
        view = super().view(state, player)
        return {**view, "turn": 1 - view["turn"]}


class SecretlySecret(Countdown):
    def view(self, state, player):
        return {**super().view(state, player), "you": player}


class WithoutReveal(Countdown):
    def reveal(self, state):
        return None


class RevealedWrongly(Countdown):
    def reveal(self, state):
        return {**self.view(state, None), "ply": -1}


class Discreet(Countdown):
    def shown_move(self, move, player, viewer, state=None):
        return None


class Forgetful(Countdown):
    def for_history(self, state):
        return {**state, "taken": []}


class ForgetfulOfSecrets(Throws):
    """Keeps another round than there was, which changes what is shown."""

    def for_history(self, state):
        return {"rounds": [*state["rounds"], ["rock", None]]} if self.is_settled(state) else state


class Talkative(Countdown):
    def claims(self, state, player):
        return ["boredom"]


class Mumbling(Countdown):
    def claims(self, state, player):
        return [None] if player in self.to_move(state) else []


class Hopeless(Countdown):
    def can_win(self, state, player):
        return False


class Doubtful(Countdown):
    def can_win(self, state, player):
        return None


class WonByAStranger(Countdown):
    def outcome(self, state):
        return super().outcome(state) and Outcome(2, "last_stone")


class Unreasoned(Countdown):
    def outcome(self, state):
        return super().outcome(state) and Outcome(0, "")


class WithAServersReason(Countdown):
    def outcome(self, state):
        return super().outcome(state) and Outcome(0, "timeout")


class AsAPair(Countdown):
    def outcome(self, state):
        return super().outcome(state) and (0, "last_stone")


class Unprinted(Countdown):
    def export(self, record):
        return "text", None


class Printed(Countdown):
    def export(self, record):
        return "pdf", "..."


def ended(winner=0, **standing):
    """Return a game with an outcome that says this of each seat."""

    class Ended(Countdown):
        def outcome(self, state):
            return super().outcome(state) and Outcome(winner, "over", **standing)

    return Ended


BROKEN = [
    (WithoutPly, TURN),
    (Miscounting, TURN),
    (OfTheOther, TURN),
    (SecretlySecret, "a game that hides anything has secrets = True"),
    (WithoutReveal, REVEAL),
    (RevealedWrongly, TURN),
    (Discreet, "a move that is no secret is shown as it is"),
    (Forgetful, HISTORY),
    (ForgetfulOfSecrets, HISTORY),
    (Talkative, CLAIMS),
    (Mumbling, CLAIMS),
    (Hopeless, "who wins could win"),
    (Doubtful, "can_win answers with true or false"),
    (WonByAStranger, OUTCOME),
    (Unreasoned, OUTCOME),
    (WithAServersReason, OUTCOME),
    (AsAPair, OUTCOME),
    (ended(places=[1]), STANDING),
    (ended(places=[2, 3]), STANDING),
    (ended(places=[1, True]), STANDING),
    (ended(scores=[1, float("inf")]), STANDING),
    (ended(scores=[1, 0.1 + 0.2]), EXACT),
    (ended(teams="01"), STANDING),
    (ended(places=[1, 1]), FIRST),
    (ended(None, scores=[3, 2]), FIRST),
    (ended(1, places=[1, 2]), FIRST),
    (Unprinted, EXPORT),
    (Printed, EXPORT),
]
