"""Tic-tac-toe: three in a row wins."""

from arbiter_games.contract import Game, IllegalMove, Outcome, show

SQUARES = "a1 b1 c1 a2 b2 c2 a3 b3 c3".split()
ROWS = ["a1 b1 c1", "a2 b2 c2", "a3 b3 c3", "a1 a2 a3", "b1 b2 b3", "c1 c2 c3"]
DIAGONALS = ["a1 b2 c3", "c1 b2 a3"]
LINES = [set(line.split()) for line in ROWS + DIAGONALS]
PIECES = [{"piece": "X", "side": 0}, {"piece": "O", "side": 1}]


class TicTacToe(Game):
    """Seat 0 puts crosses, seat 1 noughts; a state is the squares taken, in their order."""

    name = "tictactoe"
    title = "Tic-tac-toe"

    def setup(self, players, options, rng):
        return {"taken": []}

    def to_move(self, state):
        return [] if self.outcome(state) else [len(state["taken"]) % 2]

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        return [square for square in SQUARES if square not in state["taken"]]

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove(f"{show(move)} is not a free square, or it is not your turn.")
        return {"taken": [*state["taken"], move]}

    def outcome(self, state):
        for seat in (0, 1):
            own = state["taken"][seat::2]
            if any(line <= set(own) for line in LINES):
                return Outcome(seat, "three_in_a_row")
        return Outcome(None, "board_full") if len(state["taken"]) == 9 else None

    def view(self, state, player):
        taken = state["taken"]
        return {
            "board": {square: PIECES[number % 2] for number, square in enumerate(taken)},
            "grid": {"files": 3, "ranks": 3},
            "turn": len(taken) % 2,
            "ply": len(taken),
            "last_move": taken[-1] if taken else None,
        }
