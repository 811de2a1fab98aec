"""Small games that keep the contract, for tests to break in every way."""

from pydantic import BaseModel

from arbiter_games.contract import Game, IllegalMove, Outcome, show


class Countdown(Game):
    """Take one or two from a heap of stones; who takes the last one wins."""

    name = "countdown"
    title = "Countdown"

    class Options(BaseModel):
        stones: int = 6

    def setup(self, players, options, rng):
        return {"stones": options["stones"] + rng.choice([0, 1]), "taken": []}

    def to_move(self, state):
        return [len(state["taken"]) % 2] if state["stones"] else []

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        return [f"take {number}" for number in (1, 2) if number <= state["stones"]]

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove(f"{show(move)} can't be played.")
        number = int(move[-1])
        return {"stones": state["stones"] - number, "taken": [*state["taken"], number]}

    def outcome(self, state):
        return None if state["stones"] else Outcome(1 - len(state["taken"]) % 2, "last_stone")

    def view(self, state, player):
        return {"turn": len(state["taken"]) % 2, "ply": len(state["taken"]), **state}


class Throws(Game):
    """Rock, paper, scissors: both throw at once, in secret, until somebody has won."""

    name = "throws"
    title = "Throws"
    secrets = True
    BEATS = {"rock": "scissors", "paper": "rock", "scissors": "paper"}

    def setup(self, players, options, rng):
        return {"rounds": [[None, None]]}

    def to_move(self, state):
        throws = state["rounds"][-1]
        return [] if self.outcome(state) else [seat for seat in (0, 1) if throws[seat] is None]

    def legal_moves(self, state, player):
        return list(self.BEATS) if player in self.to_move(state) else []

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove(f"{show(move)} can't be thrown now.")
        *before, throws = state["rounds"]
        throws = [move if seat == player else throws[seat] for seat in (0, 1)]
        drawn = throws[0] == throws[1]
        return {"rounds": [*before, throws, *([[None, None]] if drawn else [])]}

    def outcome(self, state):
        one, other = state["rounds"][-1]
        if one is None or other is None:
            return None
        return Outcome(0 if self.BEATS[one] == other else 1, "beaten")

    def view(self, state, player):
        *before, throws = state["rounds"]
        if None in throws:
            throws = [throw if seat == player else bool(throw) for seat, throw in enumerate(throws)]
        return {"turn": None, "ply": self.ply(state), "rounds": [*before, throws]}

    def reveal(self, state):
        return {"turn": None, "ply": self.ply(state), **state}

    def shown_move(self, move, player, viewer, state=None):
        return move if viewer == player or (state and self.is_settled(state)) else None

    def ply(self, state):
        return sum(throw is not None for throws in state["rounds"] for throw in throws)

    def is_settled(self, state):
        """Whether the last throw was the second one of its round: then both are seen."""
        return state["rounds"][-1] == [None, None] or None not in state["rounds"][-1]


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
