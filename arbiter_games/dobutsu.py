"""Dobutsu shogi, "Let's catch the lion": a small shogi on three files and four ranks.

A position is a short string: the squares from a1 to c4 ("." where empty), then the pieces in hand,
then the side to move, as in "ELG.C..c.gle0". C is a chick, H a hen, G a giraffe, E an elephant,
L a lion; capitals are the first player's. A state has the position, the number of moves, the last
move, and how often each position has occurred so far. MAX_MOVES bounds the latter: no move is
irreversible, since captured pieces come back into play, so no position may be forgotten earlier.
"""

import random
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from arbiter_games.contract import Game, IllegalMove, Move, Outcome, Record, plain_text, show

State = dict[str, Any]

START = "ELG.C..c.gle0"
EMPTY = "."
FILES, RANKS = "abc", "1234"
SQUARES = tuple(file + rank for rank in RANKS for file in FILES)
SQUARE_INDEX = {name: square for square, name in enumerate(SQUARES)}
BOARD = slice(12)
HANDS = slice(12, -1)
LAST_RANK = (slice(9, 12), slice(0, 3))

NAMES = {"C": "chick", "H": "hen", "G": "giraffe", "E": "elephant", "L": "lion"}
OWN = ("CHGEL", "chgel")
LION = ("L", "l")
PROMOTED = {"C": "H", "c": "h"}
CAPTURED = dict(zip("CHGELchgel", "ccgelCCGEL", strict=True))
HAND_ORDER = "CGELcgel"

ORTHOGONAL = ((0, 1), (1, 0), (0, -1), (-1, 0))
DIAGONAL = ((1, 1), (1, -1), (-1, -1), (-1, 1))
DIRECTIONS = {
    "C": ((0, 1),),
    "H": (*ORTHOGONAL, (1, 1), (-1, 1)),
    "G": ORTHOGONAL,
    "E": DIAGONAL,
    "L": (*ORTHOGONAL, *DIAGONAL),
}

# A draw, as in shogi by the rules of the Japan Shogi Association. The rules of Dobutsu shogi leave
# the length of a game open.
MAX_MOVES = 500
MAX_CACHED_POSITIONS = 4096

NOTATION = re.compile(r"[abc][1234][abc][1234]\+?|[CGE]@[abc][1234]")


def _targets(piece: str, source: int) -> list[int]:
    file, rank = source % 3, source // 3
    forward = 1 if piece.isupper() else -1
    steps = [(file + right, rank + up * forward) for right, up in DIRECTIONS[piece.upper()]]
    return sorted(rank * 3 + file for file, rank in steps if 0 <= file < 3 and 0 <= rank < 4)


def _notation(piece: str, source: int, target: int) -> str:
    promotes = piece in PROMOTED and SQUARES[target] in SQUARES[LAST_RANK[piece.islower()]]
    return SQUARES[source] + SQUARES[target] + ("+" if promotes else "")


# By piece and source square: each target square, and how the move there is written.
STEPS = {
    piece: [
        [(target, _notation(piece, source, target)) for target in _targets(piece, source)]
        for source in range(12)
    ]
    for piece in "CHGELchgel"
}
# By piece: each target square, and how the drop there is written.
DROPS = {
    piece: [(target, f"{piece.upper()}@{SQUARES[target]}") for target in range(12)]
    for piece in "CGEcge"
}


class Dobutsu(Game):
    """Dobutsu shogi: seat 0 plays up the board and moves first."""

    name = "dobutsu"
    title = "Dobutsu shogi"
    takebacks = True

    def setup(self, players: int, options: dict[str, Any], rng: random.Random) -> State:
        """Return the first position, which is always the same."""
        return {"position": START, "ply": 0, "last_move": None, "seen": {START: 1}}

    def to_move(self, state: State) -> list[int]:
        """Return the side to move, alone, or nobody once there is an outcome."""
        return [] if self.outcome(state) else [_side_to_move(state["position"])]

    def legal_moves(self, state: State, player: int) -> list[Move]:
        """Return moves on the board by source and target square, then drops by piece and square."""
        return list(_moves(state["position"])) if player in self.to_move(state) else []

    def apply(self, state: State, player: int, move: Move) -> State:
        """Return the state after the move, or raise `IllegalMove`."""
        if move not in self.legal_moves(state, player):
            raise IllegalMove(self._refusal(state, player, move))
        position = _play(state["position"], move)
        seen = state["seen"]
        return {
            "position": position,
            "ply": state["ply"] + 1,
            "last_move": move,
            "seen": {**seen, position: seen.get(position, 0) + 1},
        }

    def outcome(self, state: State) -> Outcome | None:
        """Return how the game ended, by the first rule that applies, in the order below.

        A caught lion ends it whatever else holds. A lion that has stood on its last rank through
        the opponent's move comes before one that has only now arrived there.
        """
        position = state["position"]
        mover = _side_to_move(position)
        opponent = 1 - mover
        if LION[mover] not in position[BOARD]:
            return Outcome(opponent, "lion_caught")
        if _lion_has_arrived(position, mover):
            return Outcome(mover, "try")
        if _lion_has_arrived(position, opponent) and not _lion_can_be_taken(position):
            return Outcome(opponent, "try")
        if state["seen"][position] >= 3:
            return Outcome(None, "repetition")
        if not _moves(position):
            return Outcome(opponent, "no_moves")
        if state["ply"] >= MAX_MOVES:
            return Outcome(None, "move_limit")
        return None

    def view(self, state: State, player: int | None) -> State:
        """Return the position in full words; both players and spectators see the same.

        Each hand is in the order chicks, giraffes, elephants, lion.
        """
        position = state["position"]
        return {
            "board": {
                square: {"piece": NAMES[piece.upper()], "side": int(piece.islower())}
                for square, piece in zip(SQUARES, position[BOARD], strict=True)
                if piece != EMPTY
            },
            "hands": [[NAMES[piece.upper()] for piece in _hand(position, side)] for side in (0, 1)],
            "turn": _side_to_move(position),
            "ply": state["ply"],
            "last_move": state["last_move"],
        }

    def notation(self, state: State, player: int, move: Move) -> str | None:
        """Return the move as in western notation of shogi: `Gxb2`, `C*b3`, `Cb4+`.

        With the square it leaves where another piece of its kind can go there too: `Ga1b1`.
        """
        position = state["position"]
        if "@" in move:
            return str(move.replace("@", "*"))
        source, target = move[:2], move[2:4]
        piece = position[SQUARE_INDEX[source]]
        sources = {
            each[:2] for each in _moves(position) if "@" not in each
            and each[2:4] == target and position[SQUARE_INDEX[each[:2]]] == piece
        }
        takes = "x" if position[SQUARE_INDEX[target]] != EMPTY else ""
        return f"{piece.upper()}{source if len(sources) > 1 else ''}{takes}{move[2:]}"

    def for_history(self, state: State) -> State:
        """Return the state with the count of its own position only."""
        position = state["position"]
        return {**state, "seen": {position: state["seen"][position]}}

    def export(self, record: Record) -> tuple[str, str]:
        """Return the moves as text, after headers with the first position."""
        return "text", plain_text(record, record.setup["position"])

    def _refusal(self, state: State, player: int, move: Move) -> str:
        """Return the sentence that says why this move is not legal."""
        if self.outcome(state):
            return f"{show(move)} comes too late: the game is over."
        if player not in self.to_move(state):
            return f"{show(move)} can't be played: it is not your turn."
        if not isinstance(move, str) or not NOTATION.fullmatch(move):
            return f"{show(move)} is not a move: write one as b2b3, b3b4+ or C@a2."
        explain = _drop_refusal if "@" in move else _step_refusal
        return f"{show(move)} is not legal: {explain(state['position'], move)}."


def _side_to_move(position: str) -> int:
    return int(position[-1])


def _hand(position: str, side: int) -> list[str]:
    return [piece for piece in position[HANDS] if piece in OWN[side]]


@lru_cache(maxsize=MAX_CACHED_POSITIONS)
def _moves(position: str) -> tuple[str, ...]:
    """Return the moves. They are cached because each position is asked about repeatedly."""
    side = _side_to_move(position)
    drops = [
        move for piece in dict.fromkeys(_hand(position, side)) for target, move in DROPS[piece]
        if position[target] == EMPTY
    ]
    return *(move for _, move in _steps(position, side)), *drops


def _steps(position: str, side: int) -> Iterator[tuple[int, str]]:
    own = OWN[side]
    for source, piece in enumerate(position[BOARD]):
        if piece in own:
            for target, move in STEPS[piece][source]:
                if position[target] not in own:
                    yield target, move


def _lion_has_arrived(position: str, side: int) -> bool:
    return LION[side] in position[LAST_RANK[side]]


def _lion_can_be_taken(position: str) -> bool:
    """Return whether the side to move can capture the other side's lion."""
    mover = _side_to_move(position)
    lion = position.index(LION[1 - mover])
    return any(target == lion for target, _ in _steps(position, mover))


def _play(position: str, move: str) -> str:
    """Return the position after a legal move."""
    side = _side_to_move(position)
    board, hands = list(position[BOARD]), position[HANDS]
    if "@" in move:
        piece = move[0] if side == 0 else move[0].lower()
        target = SQUARE_INDEX[move[2:]]
        hands = hands.replace(piece, "", 1)
    else:
        source, target = SQUARE_INDEX[move[:2]], SQUARE_INDEX[move[2:4]]
        piece, board[source] = board[source], EMPTY
        hands = _capture(hands, board[target])
    board[target] = PROMOTED[piece] if move.endswith("+") else piece
    return f"{''.join(board)}{hands}{1 - side}"


def _capture(hands: str, piece: str) -> str:
    """Return the hands with the piece of the target square, if there is one, added."""
    if piece == EMPTY:
        return hands
    return "".join(sorted(hands + CAPTURED[piece], key=HAND_ORDER.index))


def _drop_refusal(position: str, move: str) -> str:
    if move[0] not in [piece.upper() for piece in _hand(position, _side_to_move(position))]:
        return f"you have no {NAMES[move[0]]} in hand"
    return f"{move[2:]} is not empty"


def _step_refusal(position: str, move: str) -> str:
    own = OWN[_side_to_move(position)]
    source, target = move[:2], move[2:4]
    piece = position[SQUARE_INDEX[source]]
    if piece not in own:
        return f"no piece of yours stands on {source}"
    if position[SQUARE_INDEX[target]] in own:
        return f"a piece of yours stands on {target}"
    if SQUARE_INDEX[target] not in _targets(piece, SQUARE_INDEX[source]):
        return f"the {NAMES[piece.upper()]} can't go from {source} to {target}"
    if move.endswith("+"):
        return f"only a chick that goes to the last rank becomes a hen, so write {move[:-1]}"
    return f"a chick that goes to the last rank becomes a hen, so write {move}+"
