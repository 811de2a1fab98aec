"""The rows that a process has written last: who gets them, and how many there are."""

import pytest

from sessions.recent_rows import COMMANDS_AFTER_MISS, MAX_RECENT_ROWS, RecentRows

ROW = ("s1", "dobutsu")


@pytest.fixture
def recent():
    return RecentRows()


def test_a_row_is_given_to_one_command(recent):
    recent.keep("s1", ROW)
    assert recent.take("s1") == ROW
    assert recent.take("s1") is None


def test_a_session_that_is_written_otherwise_is_forgotten(recent):
    recent.keep("s1", ROW)
    recent.forget(["s1", "s2"])
    assert recent.take("s1") is None


def test_the_rows_have_a_bound_and_the_oldest_go_first(recent):
    for number in range(MAX_RECENT_ROWS + 1):
        recent.keep(f"s{number}", ROW)
    assert recent.take("s0") is None
    assert recent.take("s1") == ROW


def test_after_a_miss_no_row_is_used_for_a_while(recent):
    recent.keep("s1", ROW)
    recent.miss()
    assert recent.take("s1") is None
    for _ in range(COMMANDS_AFTER_MISS - 1):
        recent.keep("s2", ROW)
        assert recent.take("s2") is None
    recent.keep("s2", ROW)
    assert recent.take("s2") == ROW
    assert recent.take("s1") is None
