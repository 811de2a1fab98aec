"""JSON values: whether two are equal, where they differ, and what a hostile client would send."""

import json
from typing import Any

HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2.5, 10**30, float("inf"), float("nan"),
    [], [[None]], {}, {"move": {}}, {"type": "move"},
    "", " ", "\n", "\x00", "\ud800", "\u0661\u0662", "null", "0", "a" * 100_000,
)

EXACT = "numbers are whole, or exact parts"
MAX_CHARS = 1024 * 1024
EXACT_PARTS = 1024

# Digits that `str.isdigit` and `int` accept, and full-width letters.
ARABIC_DIGITS = {ord("0") + digit: 0x0660 + digit for digit in range(10)}
FULL_WIDTH = {plain: plain + 0xFEE0 for plain in range(0x21, 0x7F)}


class Inexact(ValueError):
    """A number is neither whole nor a sum of halves, quarters and so on."""


def canonical_text(value: Any) -> str:
    """Return a text that is the same for equal JSON values: 1 equals 1.0, and not true."""
    if isinstance(value, str):
        return f"'{value}"
    return _encode_sorted(_with_whole_numbers(value))


def through_json(value: Any) -> Any:
    """Return a value as it comes back from storage as JSON.

    Raises ValueError or TypeError where it can't be stored, or comes back different. Some clients
    and stores take 2.0 for 2, and 0.30000000000000004 is no sum that a player would see.
    """
    text = _encode(value)
    if len(text) > MAX_CHARS:
        raise ValueError(f"it has {len(text)} characters of JSON, and may have {MAX_CHARS}")
    back = _decode(text)
    if back != value:
        raise ValueError(f"it comes back different at {difference(value, back)}")
    return back


def is_exact(number: float) -> bool:
    """Tell whether a number is whole, or a sum of halves, quarters and so on."""
    return float(number * EXACT_PARTS).is_integer()


def _exact(text: str) -> float:
    number = float(text)
    if number.is_integer() or not is_exact(number):
        raise Inexact(f"{text} is neither a whole number, as {number:.0f} is, nor an exact part")
    return number


_encode_sorted = json.JSONEncoder(sort_keys=True).encode
_encode = json.JSONEncoder(allow_nan=False).encode
_decode = json.JSONDecoder(parse_float=_exact).decode


def near_misses(move: Any) -> list[Any]:
    """Return values that are almost a move, as a careless or a hostile client would write it."""
    wrapped = [[move], {"move": move}, json.dumps(move)]
    if isinstance(move, str):
        return [*wrapped, *_near_misses_of_text(move)]
    if isinstance(move, int | float):
        return [*wrapped, *_near_misses_of_part(move), bool(move)]
    if isinstance(move, list):
        return [
            *wrapped, [*move, None], move[:-1], move[::-1],
            *([*move[:at], other, *move[at + 1:]] for at, part in enumerate(move)
              for other in _near_misses_of_part(part)),
        ]
    return [
        *wrapped, {**move, "more": 1}, dict(list(move.items())[1:]), list(move.values()),
        *({**move, key: other} for key, part in move.items()
          for other in _near_misses_of_part(part)),
    ]


def _near_misses_of_part(part: Any) -> list[Any]:
    """Return values that are almost a part of a move: an index from the end, a number as a text."""
    if isinstance(part, bool) or part is None:
        return [str(part)]
    if isinstance(part, int | float):
        return [part + 0.5, part + 1, -part - 1, str(part)]
    if isinstance(part, str):
        return [None, f"{part} ", part.swapcase(), part[:-1]]
    return [None]


def _near_misses_of_text(move: str) -> list[str]:
    half = len(move) // 2
    first, second = move[:half], move[half:]
    return [
        f"{move} ", f" {move}", f"{move}\n", f"{move}\x00", move[:-1], move[1:],
        move.swapcase(), move.upper(), move.translate(ARABIC_DIGITS), move.translate(FULL_WIDTH),
        first * 2, second * 2, second + first, move * 2, move * 10_000,
        *(f"{move}{more}" for more in "qk+#=,@1"),
    ]


def difference(one: Any, other: Any, path: str = "the top") -> str:
    """Return where two values first differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            if key not in one or key not in other:
                return f"{path}: {'no' if key not in one else 'a'} key {key!r} in one of the two"
            if _typed_text(one[key]) != _typed_text(other[key]):
                return difference(one[key], other[key], _below(path, key))
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            if _typed_text(left) != _typed_text(right):
                return difference(left, right, _below(path, index))
    return f"{path}: {one!r:.100} and {other!r:.100}"


def _typed_text(value: Any) -> str:
    """Return a text that differs for different values, whether they are JSON or not."""
    return f"{type(value).__name__} {value!r}"


def _below(path: str, key: Any) -> str:
    step = f"[{key!r}]"
    return step if path == "the top" else path + step


def _with_whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_with_whole_numbers(each) for each in value]
    if isinstance(value, dict):
        return {key: _with_whole_numbers(each) for key, each in value.items()}
    return value
