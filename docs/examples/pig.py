"""Pig: roll the die again and risk the pot, or hold and keep it. For two to eight."""

from pydantic import BaseModel, Field

from arbiter_games.contract import Game, IllegalMove, Outcome, show


def next_seat(state):
    """Return the seat that is in and comes after the one whose turn it is."""
    seats = len(state["points"])
    following = [(state["turn"] + step) % seats for step in range(1, seats + 1)]
    return next(seat for seat in following if seat not in state["out"])


class Pig(Game):
    """A state is the points by seat, who is out, the pot of whose turn it is, and the last die."""

    name = "pig"
    title = "Pig"
    max_players = 8
    chance = True

    class Options(BaseModel):
        goal: int = Field(default=30, ge=10, le=100)

    def setup(self, players, options, rng):
        return {
            "goal": options["goal"], "points": [0] * players, "out": [],
            "turn": 0, "ply": 0, "pot": 0, "die": None,
        }

    def to_move(self, state):
        return [] if self.outcome(state) else [state["turn"]]

    def legal_moves(self, state, player):
        return ["roll", "hold"] if player in self.to_move(state) else []

    def apply(self, state, player, move, chance):
        if move not in self.legal_moves(state, player):
            raise IllegalMove(f"{show(move)} can't be played: roll or hold, when it is your turn.")
        die, points = None, list(state["points"])
        if move == "roll":
            die = chance.randint(1, 6)
        else:
            points[player] += state["pot"]
        goes_on = move == "roll" and die > 1
        return {
            **state, "points": points, "die": die, "ply": state["ply"] + 1,
            "pot": state["pot"] + die if goes_on else 0,
            "turn": player if goes_on else next_seat(state),
        }

    def outcome(self, state):
        points = state["points"]
        if max(points) < state["goal"]:
            return None
        return Outcome(points.index(max(points)), "goal_reached", scores=points)

    def leave(self, state, seat):
        after = {**state, "out": [*state["out"], seat]}
        return {**after, "turn": next_seat(after), "pot": 0} if seat == state["turn"] else after

    def determinize(self, view, seat, rng):
        return view
