"""Cursors: opaque, a list's own, and told apart from what no list has given."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as some

from extensions.pagination import (
    Name,
    Number,
    UnknownCursor,
    _encode,
    decode_cursor,
    encode_cursor,
    paginate,
)

POSITION = [1_700_000_000.123456, "a1b2c3"]
CURSOR = encode_cursor("rooms", POSITION)
ROOM = tuple[float, Name]


@pytest.mark.parametrize(
    "where, kind",
    [
        (POSITION, ROOM), (["alice"], tuple[Name]), ([0.1 + 0.2, ""], ROOM), ([1], tuple[Number]),
        ([1e300, "A-_9"], ROOM),
    ],
)
def test_a_position_comes_back_as_it_was(where, kind):
    assert decode_cursor("rooms", encode_cursor("rooms", where), kind) == tuple(where)


def test_without_a_cursor_there_is_no_position():
    assert decode_cursor("rooms", None, ROOM) is None


def test_a_cursor_can_stand_in_an_address_as_it_is():
    cursors = "".join(encode_cursor("rooms", [number]) for number in range(100))
    assert set(cursors) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


def test_a_cursor_is_good_for_its_own_list_only():
    with pytest.raises(UnknownCursor):
        decode_cursor("sessions", CURSOR, ROOM)


def forged(position_text, checksum=b"\0" * 6):
    return base64.urlsafe_b64encode(checksum + position_text).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        "", " ", "nonsense", "null", "0", "é", "\ud800", "\0", "=", "====", CURSOR[1:], CURSOR[:-1],
        CURSOR + "A", CURSOR.swapcase(), forged(b'[1,"a"]'), forged(b""), "A" * 8, "x" * 100_000,
    ],
    ids=lambda after: ascii(after)[:20],
)
def test_a_cursor_that_no_list_gave_is_refused(after):
    with pytest.raises(UnknownCursor):
        decode_cursor("rooms", after, ROOM)


@given(some.text() | some.binary().map(_encode))
def test_a_string_drawn_by_lot_is_no_cursor(after):
    with pytest.raises(UnknownCursor):
        decode_cursor("rooms", after, ROOM)


@pytest.mark.parametrize(
    "after",
    [
        CURSOR + "=", CURSOR + "==", CURSOR + "\n", f" {CURSOR}", CURSOR[:5] + "\n" + CURSOR[5:],
        # The last character's spare bits, and base 64's other alphabet, decode to the same.
        *(CURSOR[:-1] + chr(ord(CURSOR[-1]) + step) for step in (1, 2, 3)),
        *(each.replace("-", "+").replace("_", "/")
          for each in (encode_cursor("rooms", [number]) for number in range(20))
          if "-" in each or "_" in each),
    ],
    ids=ascii,
)
def test_another_spelling_of_a_given_cursor_is_refused(after):
    with pytest.raises(UnknownCursor):
        decode_cursor("rooms", after, ROOM)


@pytest.mark.parametrize(
    "where, kind",
    [
        (["a", "a"], ROOM), ([True, "a"], ROOM), ([None, "a"], ROOM), ([1.0], ROOM), ([], ROOM),
        ({"a": 1}, ROOM), (None, ROOM), ([1.0, "a", 2], ROOM), ([1.0, "a b"], ROOM),
        ([1.0, "\0"], ROOM), ([1.0, "\ud800"], ROOM), ([1.0, "a\n"], ROOM), ([1.0, ["a"]], ROOM),
        ([float("nan"), "a"], ROOM), ([float("inf"), "a"], ROOM), ([10**400, "a"], ROOM),
        ([1.5], tuple[Number]), ([-1], tuple[Number]), ([2**31], tuple[Number]),
    ],
)
def test_a_forged_cursor_of_another_form_is_refused(where, kind):
    with pytest.raises(UnknownCursor):
        decode_cursor("rooms", encode_cursor("rooms", where), kind)


class TestPages:
    @staticmethod
    def shown(rows, limit=2):
        return paginate("rooms", rows, limit, key=lambda row: [row])

    def test_a_page_shows_so_many_rows_and_where_the_next_one_begins(self):
        rows, following = self.shown([1, 2, 3])
        assert rows == [1, 2]
        assert decode_cursor("rooms", following, tuple[Number]) == (2,)

    @pytest.mark.parametrize("rows", [[], [1], [1, 2]])
    def test_the_last_page_has_no_next(self, rows):
        assert self.shown(rows) == (rows, None)
