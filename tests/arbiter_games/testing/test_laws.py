"""A small game is broken in each way, and the kit says which law was broken."""

import random

import pytest

from arbiter_games.contract import Game, IllegalMove, Outcome
from arbiter_games.testing import BrokenLaw, assert_game_conforms, conformance
from tests.arbiter_games.testing.games import Countdown, Throws


def test_a_sound_game_conforms():
    assert_game_conforms(Countdown())
    assert_game_conforms(Countdown(), options={"stones": 9}, examples=5)
    assert_game_conforms(Throws())


class WithNumbers(Countdown):
    """Takes numbers, and no boolean, which Python takes for a number."""

    def legal_moves(self, state, player):
        return [int(move[-1]) for move in super().legal_moves(state, player)]

    def apply(self, state, player, move):
        if isinstance(move, bool) or move not in self.legal_moves(state, player):
            raise IllegalMove("That can't be played.")
        return {"stones": state["stones"] - move, "taken": [*state["taken"], move]}


class WithLists(WithNumbers):
    def legal_moves(self, state, player):
        return [[number, "stones"] for number in super().legal_moves(state, player)]

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player) or move[0] is True:
            raise IllegalMove("That can't be played.")
        return {"stones": state["stones"] - move[0], "taken": [*state["taken"], move[0]]}


class WithObjects(WithNumbers):
    def legal_moves(self, state, player):
        return [{"take": number} for number in super().legal_moves(state, player)]

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player) or move["take"] is True:
            raise IllegalMove("That can't be played.")
        return {"stones": state["stones"] - move["take"], "taken": [*state["taken"], move["take"]]}


class WithNothing(Countdown):
    """Has one move, false, and a view that is the whole state."""

    def setup(self, players, options, rng):
        return {"turn": 0, "ply": 0}

    def to_move(self, state):
        return [state["turn"]] if state["ply"] < 4 else []

    def legal_moves(self, state, player):
        return [False] if player in self.to_move(state) else []

    def apply(self, state, player, move):
        if move is not False or player not in self.to_move(state):
            raise IllegalMove("There is nothing to be done.")
        return {"turn": 1 - state["turn"], "ply": state["ply"] + 1}

    def outcome(self, state):
        return None if self.to_move(state) else Outcome(None, "nothing_left")

    def view(self, state, player):
        return Game.view(self, state, player)


@pytest.mark.parametrize("game", [WithNumbers, WithLists, WithObjects, WithNothing])
def test_moves_may_be_any_json(game):
    assert_game_conforms(game(), examples=5)


def verdict(game, examples=5, **arguments):
    """Return the law that the kit finds broken."""
    with pytest.raises(BrokenLaw) as caught:
        assert_game_conforms(game, examples=examples, **arguments)
    return caught.value.law


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
        return {**super().setup(players, options, rng), "luck": random.random()}


class OfMovingLuck(Countdown):
    def apply(self, state, player, move):
        return {**super().apply(state, player, move), "luck": random.random()}


class Counting(Countdown):
    """Keeps in the instance what belongs in the state."""

    games = 0

    def setup(self, *arguments):
        self.games += 1
        return {**super().setup(*arguments), "games": self.games}


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


CHANGES = "{} never changes its argument".format
JSON = "states, moves and views survive JSON"
REFUSED = "what is not legal is refused with IllegalMove"
SEED = "the same seed gives the same game"
CAN_MOVE = "somebody can always move until there is an outcome"
TURN = "a view has turn and ply"
REVEAL = "reveal shows a position, with turn and ply"
HISTORY = "history shows what was there"
CLAIMS = "claims are reasons, for who is to move"
OUTCOME = "an outcome is a winner, or None, and a reason"
EXPORT = "export returns a format and a text"


BROKEN = [
    (Nameless, "a game says what it is"),
    (Untitled, "a game says what it is"),
    (ForNobody, "a game says what it is"),
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
    (Counting, SEED),
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
    (Unprinted, EXPORT),
    (Printed, EXPORT),
]
LAWS = {law for _, law in BROKEN}


@pytest.mark.parametrize(("broken", "law"), BROKEN)
def test_the_law_that_is_broken_is_named(broken, law):
    assert verdict(broken(), max_moves=60) == law


def test_a_failure_tells_the_moves_that_lead_there(without_time_limit):
    with pytest.raises(AssertionError) as caught:
        assert_game_conforms(Fussy())
    first, evidence, story = str(caught.value).splitlines()
    assert first == "countdown breaks a law: every legal move is accepted"
    assert evidence.strip() == (
        "legal_moves lists \"take 2\" for seat 0, and apply refused it: 'more' can't be played."
    )
    assert story.strip() == (
        'After setup(2, {"clock": null, "rated": true, "stones": 6}, random.Random(0)).'
    )


def test_the_same_games_are_played_every_time(without_time_limit):
    class Late(Countdown):
        def apply(self, state, player, move):
            if len(state["taken"]) == 4 and move == "take 1":
                raise RuntimeError
            return super().apply(state, player, move)

    told = []
    for _ in range(2):
        with pytest.raises(BrokenLaw) as caught:
            assert_game_conforms(Late())
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert told[0].count("plays") == 4


def test_after_a_failure_a_slow_game_is_not_played_much_longer(monkeypatch):
    class Slow(Countdown):
        begun = []

        def setup(self, *arguments):
            self.begun.append(arguments)
            return super().setup(*arguments)

        def outcome(self, state):
            even = sum(state["taken"]) % 2 == 0
            return super().outcome(state) and Outcome(None, "" if even else "odd")

    monkeypatch.setattr(conformance, "SHRINK_SECONDS", 0)
    assert verdict(Slow(), examples=50) == OUTCOME
    assert len(Slow.begun) < 10


def test_more_players_than_two_are_played_with():
    class ForThree(Countdown):
        max_players = 3
        asked = set()

        def setup(self, players, options, rng):
            self.asked.add(players)
            return super().setup(players, options, rng)

    assert_game_conforms(ForThree())
    assert ForThree.asked == {2, 3}


def test_an_abstract_game_is_a_type_error():
    class Bare(Game):
        pass

    with pytest.raises(TypeError):
        assert_game_conforms(Bare())
