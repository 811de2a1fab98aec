"""Go on nine by nine lines: who surrounds more area wins. Stones on the board count as area."""

from typing import Literal

from pydantic import BaseModel

from arbiter_games.contract import Game, IllegalMove, Outcome, show

SIZE = 9
FREE = "."
STONES = "XO"  # of seats 0 and 1
MAX_MOVES = 3 * SIZE * SIZE  # as captures could be repeated for ever
POINTS = [f"{file}{rank}" for rank in range(1, SIZE + 1) for file in "abcdefghi"]
NEXT = [
    [point + step for step, there in (
        (1, point % SIZE < SIZE - 1), (-1, point % SIZE > 0),
        (SIZE, point < SIZE * (SIZE - 1)), (-SIZE, point >= SIZE),
    ) if there]
    for point in range(SIZE * SIZE)
]


class Go9(Game):
    """A state is the points, as a text, and what the next move needs to know of those before."""

    name = "go9"
    title = "Go, 9×9"

    class Options(BaseModel):
        komi: Literal[0, 5, 6, 7] = 7

    def setup(self, players, options, rng):
        return {
            "board": FREE * SIZE * SIZE, "komi": options["komi"], "ko": None, "passes": 0,
            "captured": [0, 0], "ply": 0, "last_move": None,
        }

    def to_move(self, state):
        return [] if is_over(state) else [state["ply"] % 2]

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        points = [
            POINTS[point] for point, stone in enumerate(state["board"])
            if stone == FREE and POINTS[point] != state["ko"]
            and (
                any(state["board"][each] == FREE for each in NEXT[point])
                or placed(state["board"], point, STONES[player])
            )
        ]
        return [*points, "pass"]

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove(f"{show(move)} is taken, takes its own last liberty, or repeats.")
        after = {**state, "ply": state["ply"] + 1, "last_move": move, "ko": None}
        if move == "pass":
            return {**after, "passes": state["passes"] + 1}
        point = POINTS.index(move)
        board = placed(state["board"], point, STONES[player])
        taken = [
            each for each, stone in enumerate(board) if stone == FREE != state["board"][each]
        ]
        captured = list(state["captured"])
        captured[player] += len(taken)
        if len(taken) == 1 and group(board, point) == ({point}, set(taken)):
            after["ko"] = POINTS[taken[0]]
        return {**after, "board": board, "passes": 0, "captured": captured}

    def outcome(self, state):
        if not is_over(state):
            return None
        black, white = area(state)
        if black == white:
            return Outcome(None, "equal_area")
        return Outcome(int(white > black), "more_area")

    def view(self, state, player):
        shown = {
            "board": {
                POINTS[point]: {"piece": "stone", "side": STONES.index(stone)}
                for point, stone in enumerate(state["board"]) if stone != FREE
            },
            "turn": state["ply"] % 2,
            "ply": state["ply"],
            "last_move": state["last_move"],
            "captured": state["captured"],
            "rules": {"komi": state["komi"], "ko": state["ko"], "passes": state["passes"]},
        }
        return {**shown, "area": area(state)} if is_over(state) else shown

    def determinize(self, view, seat, rng):
        stones = {point: STONES[each["side"]] for point, each in view["board"].items()}
        board = "".join(stones.get(point, FREE) for point in POINTS)
        same = {name: view[name] for name in ("ply", "last_move", "captured")}
        return {"board": board, **view["rules"], **same}


def is_over(state):
    """Tell whether both have passed, or the moves have run out."""
    return state["passes"] == 2 or state["ply"] >= MAX_MOVES


def group(board, point):
    """Return the points of the stones, or free points, that hang together, and those around them.

    Of stones, the second set has the free points only: their liberties.
    """
    inside, around, waiting = {point}, set(), [point]
    while waiting:
        for each in NEXT[waiting.pop()]:
            if board[each] != board[point]:
                around.add(each)
            elif each not in inside:
                inside.add(each)
                waiting.append(each)
    is_stone = board[point] != FREE
    return inside, {each for each in around if board[each] == FREE} if is_stone else around


def placed(board, point, stone):
    """Return the board with a stone more, and without those that it takes; None for suicide."""
    board = board[:point] + stone + board[point + 1:]
    for each in NEXT[point]:
        if board[each] not in (FREE, stone):
            stones, liberties = group(board, each)
            if not liberties:
                board = "".join(FREE if at in stones else old for at, old in enumerate(board))
    return board if group(board, point)[1] else None


def area(state):
    """Return the points of both: their stones, and what these alone surround; white gets komi."""
    board, points, seen = state["board"], [0, state["komi"]], set()
    for point, stone in enumerate(board):
        if stone != FREE:
            points[STONES.index(stone)] += 1
        elif point not in seen:
            free, around = group(board, point)
            seen |= free
            if len(owners := {board[each] for each in around}) == 1:
                points[STONES.index(owners.pop())] += len(free)
    return points
