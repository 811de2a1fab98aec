"""The rows that a process has written last: who gets them, and how many there are."""

import pytest

from sessions.recent_rows import MAX_STATE_CHARACTERS, WRITES_AFTER_MISS, RecentRows


def row(number, state="{}"):
    return (f"s{number}", "dobutsu", "{}", "[]", state)


@pytest.fixture
def recent():
    return RecentRows(max_rows=3)


def test_a_row_is_given_to_one_batch(recent):
    recent.keep([row(1)])
    assert recent.take({"s1"}) == [row(1)]
    assert recent.take({"s1"}) is None


def test_a_batch_gets_all_its_rows_or_none(recent):
    recent.keep([row(1), row(2)])
    assert recent.take({"s1", "s3"}) is None
    recent.keep([row(1)])
    assert sorted(recent.take({"s1", "s2"})) == [row(1), row(2)]


def test_a_session_that_is_written_otherwise_is_forgotten(recent):
    recent.keep([row(1)])
    recent.forget(["s1", "s2"])
    assert recent.take({"s1"}) is None


def test_a_row_with_a_long_state_is_not_kept(recent):
    recent.keep([row(1, state=" " * (MAX_STATE_CHARACTERS + 1))])
    assert recent.take({"s1"}) is None


def test_the_rows_have_a_bound_and_the_oldest_go_first(recent):
    recent.keep(map(row, range(4)))
    assert recent.take({"s0"}) is None
    assert recent.take({"s1"}) == [row(1)]


def test_after_a_miss_no_row_of_the_session_is_kept_for_a_while(recent):
    recent.miss(["s1"])
    for _ in range(WRITES_AFTER_MISS):
        recent.keep([row(1), row(2)])
        assert recent.take({"s1"}) is None
        assert recent.take({"s2"}) == [row(2)]
    recent.keep([row(1)])
    assert recent.take({"s1"}) == [row(1)]
