"""Games of which the page knows nothing: without boards, with choices at once, and dice."""

from typing import Literal

from pydantic import BaseModel, Field, RootModel

from arbiter_games.contract import Game, IllegalMove, Outcome

BEATS = {"rock": "scissors", "paper": "rock", "scissors": "paper"}
FACES = (1, 2, 3, 4, 5, 6)


class RockPaperScissors(Game):
    """A state is the choices by seat."""

    name, title, secrets = "rps", "Rock, paper, scissors", True

    def setup(self, players, options, rng):
        return [None, None]

    def to_move(self, state):
        return [seat for seat in (0, 1) if state[seat] is None]

    def legal_moves(self, state, player):
        return list(BEATS) if player in self.to_move(state) else []

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove("Choose one of the three, once.")
        return [move if seat == player else each for seat, each in enumerate(state)]

    def outcome(self, state):
        if None in state:
            return None
        one, other = state
        return Outcome(None if one == other else int(BEATS[other] == one), "hands_shown")

    def view(self, state, player):
        is_open = None not in state
        shown = [each if is_open or seat == player else None for seat, each in enumerate(state)]
        return {"turn": None, "ply": 2 - state.count(None), "chosen": shown}

    def shown_move(self, move, player, viewer, state):
        return move if viewer == player or None not in state else None


class Bid(BaseModel):
    """So many dice of one face under all cups."""

    count: int = Field(ge=1, le=15)
    face: Literal[1, 2, 3, 4, 5, 6]


class Call(BaseModel):
    """The last bid is not believed."""

    kind: Literal["call"]


class Bluff(Game):
    """One round of Liar's dice: the last bid is called, and who is wrong loses."""

    name, title, secrets, max_players = "bluff", "Bluff", True, 3
    Moves = RootModel[Bid | Call]

    class Options(BaseModel):
        dice: int = Field(default=5, ge=1, le=5)

    def setup(self, players, options, rng):
        cups = [sorted(rng.choices(FACES, k=options["dice"])) for _ in range(players)]
        return {"dice": cups, "bid": None, "turn": 0, "ply": 0, "loser": None}

    def to_move(self, state):
        return [] if self.outcome(state) else [state["turn"]]

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        bid, most = state["bid"], sum(map(len, state["dice"]))
        least = (bid["count"], bid["face"]) if bid else (0, 0)
        bids = [
            {"count": count, "face": face} for count in range(1, most + 1) for face in FACES
            if (count, face) > least
        ]
        return [*([{"kind": "call"}] if bid else []), *bids]

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove("Bid more, or call, when it is your turn.")
        players, loser, bid = len(state["dice"]), None, move
        if move == {"kind": "call"}:
            bid = state["bid"]
            there = sum(cup.count(bid["face"]) for cup in state["dice"])
            loser = player if there >= bid["count"] else (player - 1) % players
        return {**state, "bid": bid, "ply": state["ply"] + 1, "loser": loser,
                "turn": (player + 1) % players}

    def outcome(self, state):
        if state["loser"] is None:
            return None
        winner = (state["loser"] + 1) % len(state["dice"])
        return Outcome(winner, "bluff_called")

    def view(self, state, player):
        return {**state, "dice": [
            cup if seat == player or state["loser"] is not None else [None] * len(cup)
            for seat, cup in enumerate(state["dice"])
        ]}

    def reveal(self, state):
        return state
