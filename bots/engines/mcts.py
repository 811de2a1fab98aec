"""Monte Carlo tree search over the contract of a game.

Each playout begins in a state that is possible, goes down the tree by what has gone well so far,
adds a node, and plays on at random. Where several seats move at once, each chooses by its own
results, without the others' choices (decoupled UCT). Where the state is known, the tree keeps
states; otherwise it is a tree of moves, which each playout goes through in a state drawn by lot.
"""

import math
from random import Random

from arbiter_games.contract import Game, Move, Outcome, State, make_move
from arbiter_games.results import places
from bots.engines.evaluation import evaluation_for
from bots.engines.levels import Budget
from bots.engines.rebuild import CannotRebuild, Possible
from bots.engines.seen import Seen, json_text

EXPLORATION = 0.7
MAX_PLAYOUT_PLIES = 300
DRAW = 0.5

Rewards = list[float]  # by seat
Legal = dict[int, list[Move]]  # by the seats that are to move
Choice = dict[int, str]  # by seat, the text of its move


class Node:
    """A position in the tree: by seat and move, visits and total reward; and what follows."""

    __slots__ = ("arms", "children", "position")

    def __init__(self) -> None:
        self.arms: dict[int, dict[str, list[float]]] = {}
        self.children: dict[tuple[tuple[int, str], ...], Node] = {}
        self.position: tuple[State, Legal] | None = None


class Search:
    """A search for the best move of a seat."""

    def __init__(self, game: Game, seen: Seen, possible: Possible, rng: Random) -> None:
        self._game = game
        self._seen = seen
        self._possible = possible
        self._rng = rng
        self._root = Node()
        self._evaluate = evaluation_for(game, seen.view)

    def run(self, budget: Budget) -> int:
        """Play playouts until the budget is spent, one at least; return their number."""
        for number in range(budget.playouts):
            if number and budget.is_spent:
                return number
            self._playout(budget)
        return budget.playouts

    def best(self) -> Move:
        """Return the move that was tried most; one by lot, by the tries, where others move too."""
        arms, legal = self._root.arms.get(self._seen.seat, {}), self._seen.legal
        tried = [(arms[text], move) for move in legal if (text := json_text(move)) in arms]
        if not tried:
            raise CannotRebuild("no possible state has these legal moves")
        if len(self._root.arms) > 1:
            moves, weights = [move for _, move in tried], [arm[0] for arm, _ in tried]
            return self._rng.choices(moves, weights)[0]
        return max(tried, key=lambda each: (each[0][0], each[0][1]))[1]

    def _playout(self, budget: Budget) -> None:
        node, state = self._root, self._possible.draw(self._rng)
        path: list[tuple[Node, Choice]] = []
        while True:
            state, legal = self._position(node, state)
            if not legal:
                break
            choice = self._choose(node, legal)
            path.append((node, choice))
            state = self._made(state, legal, choice)
            step = tuple(choice.items())
            if step not in node.children:
                node.children[step] = Node()
                break
            node = node.children[step]
        rewards = self._rewards(state, budget)
        for node, choice in path:
            for seat, text in choice.items():
                arm = node.arms[seat][text]
                arm[0] += 1
                arm[1] += rewards[seat]

    def _position(self, node: Node, state: State) -> tuple[State, Legal]:
        """Return the state at a node and the moves there: what is known is kept."""
        if node.position:
            return node.position
        position = state, self._legal(state)
        if self._possible.known and not self._game.chance:
            node.position = position
        return position

    def _legal(self, state: State) -> Legal:
        return {seat: self._game.legal_moves(state, seat) for seat in self._game.to_move(state)}

    def _choose(self, node: Node, legal: Legal) -> Choice:
        return {
            seat: self._upper_bound_choice(node.arms.setdefault(seat, {}), moves)
            for seat, moves in legal.items()
        }

    def _upper_bound_choice(self, arms: dict[str, list[float]], moves: list[Move]) -> str:
        texts = [json_text(move) for move in moves]
        untried = [text for text in texts if text not in arms]
        if untried:
            text = self._rng.choice(untried)
            arms[text] = [0, 0.0]
            return text
        total = math.log(1 + sum(arms[text][0] for text in texts))

        def bound(text: str) -> float:
            visits, reward = arms[text]
            return reward / visits + EXPLORATION * math.sqrt(total / visits)

        return max(texts, key=bound)

    def _made(self, state: State, legal: Legal, choice: Choice) -> State:
        """Return the state after the chosen moves, in the order of seats."""
        for number, (seat, text) in enumerate(choice.items()):
            if number == 0 or seat in self._game.to_move(state):
                move = next(each for each in legal[seat] if json_text(each) == text)
                state = make_move(self._game, state, seat, move, self._rng)
        return state

    def _rewards(self, state: State, budget: Budget) -> Rewards:
        """Return what the game is worth to each seat, by its end or by an estimate."""
        plies = 0 if self._evaluate else MAX_PLAYOUT_PLIES
        for _ in range(plies):
            to_move = self._game.to_move(state)
            if not to_move or budget.is_spent:
                break
            seat = self._rng.choice(to_move)
            move = self._rng.choice(self._game.legal_moves(state, seat))
            state = make_move(self._game, state, seat, move, self._rng)
        outcome = self._game.outcome(state)
        if outcome is None and self._evaluate:
            return [self._evaluate(state, seat) for seat in range(self._seen.players)]
        return self._shares(outcome)

    def _shares(self, outcome: Outcome | None) -> Rewards:
        number = self._seen.players
        if outcome is None:
            return [DRAW] * number
        standing = places(outcome, number)
        return [_share(seat, standing) for seat in range(number)] if number > 1 else [
            DRAW if outcome.winner is None else 1.0
        ]


def _share(seat: int, standing: list[int]) -> float:
    """Return the share of the others who are behind a seat; at its side is half behind."""
    own = standing[seat]
    behind = sum(DRAW if place == own else place > own for place in standing) - DRAW
    return behind / (len(standing) - 1)
