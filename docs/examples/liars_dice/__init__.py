"""Liar's dice: bid on the dice under all cups, or call the last bid. For two to six."""

from typing import Literal

from pydantic import BaseModel, Field, RootModel

from arbiter_games.contract import Game, IllegalMove, Outcome, show

FACES = (1, 2, 3, 4, 5, 6)
CALL = {"kind": "call"}


class Bid(BaseModel):
    """There are at least so many dice of this face."""

    count: int = Field(ge=1, le=30)
    face: Literal[1, 2, 3, 4, 5, 6]


class Call(BaseModel):
    """There are not: who is wrong loses a die."""

    kind: Literal["call"]


class LiarsDice(Game):
    """A state is the dice by seat, the last bid and its seat, and who is out, in that order."""

    name = "liars_dice"
    title = "Liar's dice"
    max_players = 6
    secrets = True
    chance = True
    Moves = RootModel[Bid | Call]

    class Options(BaseModel):
        dice: int = Field(default=5, ge=1, le=5)

    def setup(self, players, options, rng):
        return {
            "dice": rolled([options["dice"]] * players, rng), "bid": None, "bidder": None,
            "out": [], "last_round": None, "turn": 0, "ply": 0,
        }

    def to_move(self, state):
        return [] if self.outcome(state) else [state["turn"]]

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        bid, most = state["bid"], sum(map(len, state["dice"]))
        last = (bid["count"], bid["face"]) if bid else (0, 0)
        bids = [
            {"count": count, "face": face} for count in range(1, most + 1) for face in FACES
            if (count, face) > last
        ]
        return [*([CALL] if bid else []), *bids]

    def apply(self, state, player, move, chance):
        if move not in self.legal_moves(state, player):
            raise IllegalMove(f"{show(move)} is no higher bid, or it is not your turn.")
        after = {**state, "ply": state["ply"] + 1}
        if move != CALL:
            bid = {"count": int(move["count"]), "face": int(move["face"])}
            return {**after, "bid": bid, "bidder": player, "turn": next_seat(state, player)}
        there = sum(cup.count(state["bid"]["face"]) for cup in state["dice"])
        loser = player if there >= state["bid"]["count"] else state["bidder"]
        numbers = [len(cup) - (seat == loser) for seat, cup in enumerate(state["dice"])]
        out = [*state["out"], *([] if numbers[loser] else [loser])]
        after |= {
            "dice": rolled(numbers, chance), "bid": None, "bidder": None, "out": out,
            "last_round": state["dice"],
        }
        return {**after, "turn": loser if numbers[loser] else next_seat(after, loser)}

    def outcome(self, state):
        players, out = len(state["dice"]), state["out"]
        if len(out) < players - 1:
            return None
        [winner] = set(range(players)) - set(out)
        order = [winner, *reversed(out)]
        places = [order.index(seat) + 1 for seat in range(players)]
        return Outcome(winner, "last_with_dice", places=places)

    def is_out(self, state, seat):
        return seat in state["out"]

    def view(self, state, player):
        return {**state, "dice": [
            cup if seat == player else [None] * len(cup) for seat, cup in enumerate(state["dice"])
        ]}

    def reveal(self, state):
        return state

    def determinize(self, view, seat, rng):
        guessed = rolled(map(len, view["dice"]), rng)
        return {**view, "dice": [
            cup if at == seat else guess
            for at, (cup, guess) in enumerate(zip(view["dice"], guessed, strict=True))
        ]}


def rolled(numbers, rng):
    """Return so many dice by seat, each cup in order."""
    return [sorted(rng.choices(FACES, k=number)) for number in numbers]


def next_seat(state, seat):
    """Return the seat behind one that still has dice."""
    players = len(state["dice"])
    following = [(seat + step) % players for step in range(1, players + 1)]
    return next(each for each in following if state["dice"][each])
