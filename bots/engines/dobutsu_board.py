"""Positions of Dobutsu shogi as the search needs them: small, and seen by the side to move.

A position is 18 bytes: the squares a1 to c4 as the side to move would name them if it were the
first, then its own chicks, giraffes and elephants in hand, then the other side's. A piece is a
number, 0 for none, below `THEIRS` of the side to move. A move is `source * 12 + target`; a source
from 12 on is a piece in hand.
"""

from collections.abc import Iterable

from arbiter_games.contract import Move, State

Position = bytes
POSITION_BYTES = 18

PIECES = ("chick", "hen", "giraffe", "elephant", "lion")
CHICK, HEN, GIRAFFE, ELEPHANT, LION = range(1, 6)
THEIRS = 6
THEIR_LION = LION + 5
OTHER_SIDE = bytes([0, *range(6, 11), *range(1, 6), *range(11, 256)])

SQUARES = [file + rank for rank in "1234" for file in "abc"]
HAND = {12: CHICK, 13: GIRAFFE, 14: ELEPHANT}
HAND_LETTERS = {12: "C", 13: "G", 14: "E"}
# Where a captured piece goes: a hen is a chick again.
TO_HAND = {6: 12, 7: 12, 8: 13, 9: 14}

ORTHOGONAL = ((0, 1), (1, 0), (0, -1), (-1, 0))
DIAGONAL = ((1, 1), (1, -1), (-1, -1), (-1, 1))
DIRECTIONS = {
    CHICK: ((0, 1),), HEN: (*ORTHOGONAL, (1, 1), (-1, 1)), GIRAFFE: ORTHOGONAL,
    ELEPHANT: DIAGONAL, LION: (*ORTHOGONAL, *DIAGONAL),
}


def _targets(directions: Iterable[tuple[int, int]], source: int) -> tuple[int, ...]:
    file, rank = source % 3, source // 3
    return tuple(
        file + right + 3 * (rank + up) for right, up in directions
        if 0 <= file + right < 3 and 0 <= rank + up < 4
    )


TARGETS = [()] + [
    tuple(_targets(DIRECTIONS[piece], source) for source in range(12)) for piece in range(1, 6)
]
# By square: from where which pieces of ours could take on it.
TAKERS = [
    [(source, frozenset(piece for piece in range(1, 6) if target in TARGETS[piece][source]))
     for source in range(12) if target in TARGETS[LION][source]]
    for target in range(12)
]

# Worth of a piece on the board, and of one in hand, in hundredths of a chick.
WORTH = [0, 100, 330, 350, 320, 0, -100, -330, -350, -320, 0]
HAND_WORTH = [130, 400, 370, -130, -400, -370]
ADVANCE = 25  # of the lion, a rank


def position(view: State) -> Position:
    """Return the position that a view shows."""
    turn = view["turn"]
    squares = SQUARES if turn == 0 else SQUARES[::-1]
    board = [_number(view["board"].get(square), turn) for square in squares]
    hands = [
        view["hands"][side].count(PIECES[piece - 1])
        for side in (turn, 1 - turn) for piece in HAND.values()
    ]
    return bytes([*board, *hands])


def _number(piece: dict[str, object] | None, turn: int) -> int:
    if piece is None:
        return 0
    return PIECES.index(str(piece["piece"])) + (1 if piece["side"] == turn else THEIRS)


def history(initial: State, moves: Iterable[tuple[int, Move | None]]) -> list[Position]:
    """Return all positions of a game that begins with this view."""
    positions = [position(initial)]
    for seat, move in moves:
        positions.append(made(positions[-1], _read(str(move), seat)))
    return positions


def _read(move: str, seat: int) -> int:
    def square(name: str) -> int:
        return SQUARES.index(name) if seat == 0 else 11 - SQUARES.index(name)

    if "@" in move:
        source = next(each for each, letter in HAND_LETTERS.items() if letter == move[0])
        return source * 12 + square(move[2:4])
    return square(move[:2]) * 12 + square(move[2:4])


def written(before: Position, move: int, seat: int) -> str:
    """Return a move in the game's notation."""
    source, target = divmod(move, 12)
    squares = SQUARES if seat == 0 else SQUARES[::-1]
    if source >= 12:
        return f"{HAND_LETTERS[source]}@{squares[target]}"
    promotes = before[source] == CHICK and target >= 9
    return squares[source] + squares[target] + ("+" if promotes else "")


def moves(position: Position) -> list[int]:
    """Return all moves of the side to move."""
    found = []
    for source in range(12):
        piece = position[source]
        if 0 < piece < THEIRS:
            for target in TARGETS[piece][source]:
                if not 0 < position[target] < THEIRS:
                    found.append(source * 12 + target)
    for source in HAND:
        if position[source]:
            found += [source * 12 + target for target in range(12) if not position[target]]
    return found


def ordered(position: Position, first: int) -> list[int]:
    """Return all moves: the given one, captures by what they take, moves, drops."""
    found = moves(position)
    found.sort(key=lambda move: (move != first, WORTH[position[move % 12]], move // 12 >= 12))
    return found


def made(before: Position, move: int) -> Position:
    """Return the position after a move, as the other side sees it."""
    source, target = divmod(move, 12)
    after = bytearray(before)
    if source >= 12:
        piece = HAND[source]
        after[source] -= 1
    else:
        piece, after[source] = before[source], 0
        if piece == CHICK and target >= 9:
            piece = HEN
        taken = TO_HAND.get(before[target])
        if taken:
            after[taken] += 1
    after[target] = piece
    return bytes(after[11::-1].translate(OTHER_SIDE) + after[15:18] + after[12:15])


def takes_lion(position: Position, move: int) -> bool:
    """Return whether a move ends the game at once."""
    return position[move % 12] == THEIR_LION


def end(position: Position) -> int:
    """Return 1 where the side to move wins at once, -1 where it has lost, 0 otherwise."""
    lion = position.find(THEIR_LION, 0, 12)
    if lion < 0:
        return 1
    for source, takers in TAKERS[lion]:
        if position[source] in takers:
            return 1
    own = position.find(LION, 0, 12)
    if own < 0 or (lion < 3 and own < 9):
        return -1
    return 1 if own >= 9 else 0


def estimate(position: Position) -> int:
    """Return what a position seems to be worth to the side to move."""
    worth = sum(map(WORTH.__getitem__, position[:12]))
    for number, each in zip(position[12:], HAND_WORTH, strict=True):
        worth += number * each
    own, theirs = position.index(LION) // 3, position.index(THEIR_LION, 0, 12) // 3
    return worth + ADVANCE * (own - (3 - theirs))
