"""A game of which the page knows nothing: without a board, and with choices at once."""

from arbiter_games.contract import Game, IllegalMove, Outcome

BEATS = {"rock": "scissors", "paper": "rock", "scissors": "paper"}


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
