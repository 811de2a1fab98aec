"""Dobutsu shogi by alpha-beta, with iterative deepening and a transposition table, and by a book.
"""

from random import Random

from arbiter_games.contract import Game, Move
from bots.engines import dobutsu_board as board
from bots.engines import dobutsu_book as book
from bots.engines.dobutsu_board import Position
from bots.engines.levels import Budget
from bots.engines.seen import Seen

MAX_DEPTH = {1: 1, 2: 2, 3: 4, 4: 6, 5: 60}
LEVEL_WITH_BOOK = 5
WIN = 100_000
WON = WIN - 1000  # a value above is a win that was found, below -WON a loss
INFINITY = WIN + 1
NODES_A_LOOK = 512  # at the time
MAX_TABLE = 1_000_000

EXACT, LOWER, UPPER = 0, 1, 2


class TimeUp(Exception):
    """The search has to answer."""


def choose(game: Game, seen: Seen, budget: Budget, rng: Random) -> Move:
    """Return the move that is known to win; else the best that is found in the level's time."""
    search = AlphaBeta(budget, board.history(seen.initial, seen.moves))
    move = search.known() if budget.level == LEVEL_WITH_BOOK else None
    if move is None:
        move = search.best(MAX_DEPTH[budget.level], rng)
    return board.written(search.position, move, seen.seat)


class AlphaBeta:
    """A search from the last position of a game."""

    def __init__(self, budget: Budget, history: list[Position]) -> None:
        self._budget = budget
        self.position = history[-1]
        # A position that stands for the third time is a draw; one that comes again, by way of
        # trial, counts as one, too.
        self._drawn = {each for each in history if history.count(each) > 1}
        self._path: set[Position] = set()
        self._table: dict[Position, tuple[int, int, int, int]] = {}
        self._nodes = 0

    def known(self) -> int | None:
        """Return the move by which the book wins; none where it would repeat a position."""
        move = book.reply(self.position)
        if move is None or board.made(self.position, move) in self._drawn:
            return None
        return move

    def best(self, max_depth: int, rng: Random) -> int:
        """Return the best move that is found by searching."""
        moves = board.moves(self.position)
        rng.shuffle(moves)
        move = moves[0]
        for depth in range(1, max_depth + 1):
            try:
                move, value = self._root(moves, depth)
            except TimeUp:
                break
            moves.sort(key=lambda each: each != move)
            if abs(value) > WON:
                break
        return move

    def _root(self, moves: list[int], depth: int) -> tuple[int, int]:
        best, best_value = moves[0], -INFINITY
        self._path = {self.position}
        for move in moves:
            if board.takes_lion(self.position, move):
                return move, WIN
            after = board.made(self.position, move)
            value = -self._value(after, depth - 1, -INFINITY, -best_value, 1)
            if value > best_value:
                best, best_value = move, value
        return best, best_value

    def _value(self, position: Position, depth: int, alpha: int, beta: int, ply: int) -> int:
        """Return what a position is worth to the side to move, as far as the bounds need it."""
        self._nodes += 1
        if self._nodes % NODES_A_LOOK == 0 and self._budget.is_spent:
            raise TimeUp
        if position in self._drawn or position in self._path:
            return 0
        end = board.end(position)
        if end:
            return end * (WIN - ply)
        if depth <= 0:
            return board.estimate(position)
        known = self._table.get(position)
        if known:
            known_depth, kind, value, _ = known
            value = value - ply if value > WON else value + ply if value < -WON else value
            if (known_depth >= depth or abs(value) > WON) and (
                kind == EXACT or (kind == LOWER and value >= beta)
                or (kind == UPPER and value <= alpha)
            ):
                return value
        return self._search(position, depth, alpha, beta, ply, known[3] if known else -1)

    def _search(
        self, position: Position, depth: int, alpha: int, beta: int, ply: int, first: int
    ) -> int:
        """Return the value of a position by those after it, and keep it in the table."""
        best, best_move, bound = -INFINITY, -1, alpha
        self._path.add(position)
        try:
            for move in board.ordered(position, first):
                value = -self._value(board.made(position, move), depth - 1, -beta, -bound, ply + 1)
                if value > best:
                    best, best_move = value, move
                    bound = max(bound, value)
                    if bound >= beta:
                        break
        finally:
            self._path.discard(position)
        if best_move < 0:
            return ply - WIN  # who has no move loses
        kind = UPPER if best <= alpha else LOWER if best >= beta else EXACT
        kept = best + ply if best > WON else best - ply if best < -WON else best
        if len(self._table) < MAX_TABLE:
            self._table[position] = (depth, kind, kept, best_move)
        return best
