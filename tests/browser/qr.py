"""Reads QR codes of up to version 5 and level L by their standard, without correcting any error.

ISO/IEC 18004; written apart from what draws them.
"""

from collections.abc import Callable, Iterator

Modules = list[list[bool]]  # rows from the top; true is dark

FORMAT_MASK = 0b101010000010010
LEVEL_L = 0b01
BYTES = 0b0100  # the mode in which each 8 bits are a byte
FIELD = 0x11D  # the polynomial that makes bytes a field
CODEWORDS = {1: (19, 7), 2: (34, 10), 3: (55, 15), 4: (80, 20), 5: (108, 26)}  # data, correction
MASKS: list[Callable[[int, int], bool]] = [
    lambda row, column: (row + column) % 2 == 0,
    lambda row, column: row % 2 == 0,
    lambda row, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
]


def read(modules: Modules) -> str:
    """Return the text of a code; raises ValueError if a single module is wrong."""
    size = len(modules)
    data, correction = CODEWORDS[(size - 17) // 4]
    mask = MASKS[_mask(modules)]
    bits = [
        modules[row][column] ^ mask(row, column) for row, column in _path(size)
    ][:8 * (data + correction)]
    words = [_number(bits[at:at + 8]) for at in range(0, len(bits), 8)]
    for power in range(correction):
        if _value(words, _power(power)):
            raise ValueError("the codewords are not those of a code")
    stream = bits[:8 * data]
    if _number(stream[:4]) != BYTES:
        raise ValueError("the text is not kept as bytes")
    length = _number(stream[4:12])
    return bytes(_number(stream[12 + 8 * at:20 + 8 * at]) for at in range(length)).decode()


def _mask(modules: Modules) -> int:
    """Return the mask of the data, which both copies of the format must name."""
    size = len(modules)
    beside = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)]
    beside += [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    apart = [(size - 1 - at, 8) for at in range(7)] + [(8, size - 8 + at) for at in range(8)]
    formats = {
        _number([modules[row][column] for row, column in copy]) for copy in (beside, apart)
    }
    fitting = (data for data in range(32) if formats == {_protected(data) ^ FORMAT_MASK})
    known = next(fitting, None)
    if known is None or known >> 3 != LEVEL_L:
        raise ValueError("the format is none, or not that of level L")
    return known & 0b111


def _protected(data: int) -> int:
    """Return the five bits of a format with the ten that protect them."""
    return next(
        whole for whole in range(data << 10, (data + 1) << 10) if _rest(whole, 0b10100110111) == 0
    )


def _rest(value: int, divisor: int) -> int:
    """Return the remainder of a polynomial over bits, divided by another."""
    while value.bit_length() >= divisor.bit_length():
        value ^= divisor << (value.bit_length() - divisor.bit_length())
    return value


def _path(size: int) -> Iterator[tuple[int, int]]:
    """Yield the places of the data: by pairs of columns from the right, up and down."""
    columns = [*range(size - 1, 6, -2), *range(5, 0, -2)]
    for turn, right in enumerate(columns):
        rows = range(size - 1, -1, -1) if turn % 2 == 0 else range(size)
        for row in rows:
            for column in (right, right - 1):
                if not _is_pattern(row, column, size):
                    yield row, column


def _is_pattern(row: int, column: int, size: int) -> bool:
    near = row < 9 and (column < 9 or column >= size - 8) or row >= size - 8 and column < 9
    aligned = size > 21 and all(size - 9 <= at <= size - 5 for at in (row, column))
    return near or aligned or 6 in (row, column)


def _number(bits: list[bool]) -> int:
    return int("".join(str(int(bit)) for bit in bits), 2)


def _times(one: int, other: int) -> int:
    product = 0
    for bit in range(8):
        if other >> bit & 1:
            product ^= one << bit
    return _rest(product, FIELD)


def _power(exponent: int) -> int:
    return 1 if exponent == 0 else _times(2, _power(exponent - 1))


def _value(coefficients: list[int], at: int) -> int:
    value = 0
    for each in coefficients:
        value = _times(value, at) ^ each
    return value
