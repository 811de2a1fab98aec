"""Cursors: opaque, a list's own, and told apart from what no list has given."""

import base64

import pytest

from extensions.pagination import UnknownCursor, decode_cursor, encode_cursor, paginate

POSITION = [1_700_000_000.123456, "a1b2c3"]
CURSOR = encode_cursor("rooms", POSITION)


@pytest.mark.parametrize(
    "where", [POSITION, ["alice"], [0.1 + 0.2, ""], ["\ud800"], [None], [], [1e300, -1]]
)
def test_a_position_comes_back_as_it_was(where):
    assert decode_cursor("rooms", encode_cursor("rooms", where)) == where


def test_without_a_cursor_there_is_no_position():
    assert decode_cursor("rooms", None) is None


def test_a_cursor_can_stand_in_an_address_as_it_is():
    cursors = "".join(encode_cursor("rooms", [number]) for number in range(100))
    assert set(cursors) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


def test_a_cursor_is_good_for_its_own_list_only():
    with pytest.raises(UnknownCursor):
        decode_cursor("sessions", CURSOR)


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
def test_what_no_list_has_given_is_refused(after):
    with pytest.raises(UnknownCursor):
        decode_cursor("rooms", after)


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
        decode_cursor("rooms", after)


class TestPages:
    @staticmethod
    def shown(rows, limit=2):
        return paginate("rooms", rows, limit, key=lambda row: [row])

    def test_a_page_shows_so_many_rows_and_where_the_next_one_begins(self):
        rows, following = self.shown([1, 2, 3])
        assert rows == [1, 2]
        assert decode_cursor("rooms", following) == [2]

    @pytest.mark.parametrize("rows", [[], [1], [1, 2]])
    def test_the_last_page_has_no_next(self, rows):
        assert self.shown(rows) == (rows, None)
