"""Hex, nine by nine: who joins their two sides of the board by a chain of stones wins."""

from arbiter_games.contract import Game, IllegalMove, Outcome, show

SIZE = 9
CELLS = [f"{file}{rank}" for rank in range(1, SIZE + 1) for file in "abcdefghi"]
STEPS = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1)]  # to the right, and up
SWAP = "swap"  # take over the first stone, mirrored, as beginning is worth so much


class Hex(Game):
    """A state is the stones by seat, the number of moves made, and the last one."""

    name = "hex"
    title = "Hex"

    def setup(self, players, options, rng):
        return {"stones": [[], []], "ply": 0, "last_move": None}

    def to_move(self, state):
        return [] if self.outcome(state) else [state["ply"] % 2]

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        taken = sum(state["stones"], [])
        free = [cell for cell in CELLS if cell not in taken]
        return [*free, SWAP] if state["ply"] == 1 else free

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove(f"{show(move)} is taken, or it is not your turn.")
        stones = [list(each) for each in state["stones"]]
        if move == SWAP:
            file, rank = place(stones[0].pop())
            move = CELLS[file * SIZE + rank]
        stones[player].append(move)
        return {"stones": stones, "ply": state["ply"] + 1, "last_move": move}

    def outcome(self, state):
        for seat, stones in enumerate(state["stones"]):
            if joins_sides(stones, axis=1 - seat):
                return Outcome(seat, "sides_joined")
        return None

    def view(self, state, player):
        return {
            "board": {
                cell: {"piece": "disc", "side": seat}
                for seat, stones in enumerate(state["stones"]) for cell in stones
            },
            "seats": [{"joins": "top and bottom"}, {"joins": "left and right"}],
            "turn": state["ply"] % 2,
            "ply": state["ply"],
            "last_move": state["last_move"],
        }


def place(cell):
    """Return the file and the rank of a cell, from 0."""
    return ord(cell[0]) - ord("a"), int(cell[1:]) - 1


def joins_sides(stones, axis):
    """Return whether a chain of stones leads from the first file (axis 0) or rank to the last."""
    own = {place(cell) for cell in stones}
    reached = {each for each in own if each[axis] == 0}
    waiting = list(reached)
    while waiting:
        file, rank = waiting.pop()
        around = {(file + right, rank + up) for right, up in STEPS}
        waiting += around & own - reached
        reached |= around & own
    return any(each[axis] == SIZE - 1 for each in reached)
