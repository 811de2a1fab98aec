"""Connect Four: a disc falls to the lowest free square of a column, and four in a line win."""

from arbiter_games.contract import Game, IllegalMove, Outcome, show

FILES, RANKS = 7, 6
DIRECTIONS = [(1, 0), (0, 1), (1, 1), (1, -1)]


def square(file, rank):
    """Return the name of a square, of numbers from 0."""
    return f"{'abcdefg'[file]}{rank + 1}"


class ConnectFour(Game):
    """A state is the sides of the discs by column, from below, and the last move."""

    name = "connect_four"
    title = "Connect Four"

    def setup(self, players, options, rng):
        return {"columns": [""] * FILES, "last_move": None}

    def to_move(self, state):
        return [] if self.outcome(state) else [ply(state) % 2]

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        heights = enumerate(map(len, state["columns"]))
        return [square(file, height) for file, height in heights if height < RANKS]

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove(f"{show(move)} is not where a disc falls, or it is not your turn.")
        columns = [
            column + str(player) if square(file, len(column)) == move else column
            for file, column in enumerate(state["columns"])
        ]
        return {"columns": columns, "last_move": move}

    def outcome(self, state):
        if state["last_move"] and longest_line(state["columns"], state["last_move"]) >= 4:
            return Outcome((ply(state) - 1) % 2, "four_in_a_line")
        return Outcome(None, "board_full") if ply(state) == FILES * RANKS else None

    def view(self, state, player):
        return {
            "board": {
                square(file, rank): {"piece": "disc", "side": int(side)}
                for file, column in enumerate(state["columns"]) for rank, side in enumerate(column)
            },
            "turn": ply(state) % 2,
            "ply": ply(state),
            "last_move": state["last_move"],
        }


def ply(state):
    """Return the number of moves made."""
    return sum(map(len, state["columns"]))


def longest_line(columns, last_move):
    """Return the length of the longest line of discs that the last one is in."""
    file, rank = ord(last_move[0]) - ord("a"), int(last_move[1:]) - 1
    return max(
        1 + run(columns, file, rank, right, up) + run(columns, file, rank, -right, -up)
        for right, up in DIRECTIONS
    )


def run(columns, file, rank, right, up):
    """Return how many discs of the same side follow one in a direction."""
    side, count = columns[file][rank], 0
    while True:
        file, rank = file + right, rank + up
        on_board = 0 <= file < FILES and 0 <= rank < len(columns[file])
        if not on_board or columns[file][rank] != side:
            return count
        count += 1
