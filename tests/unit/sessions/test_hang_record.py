"""What hung in C is suspended by the next processes, wherever any of them dies meanwhile."""

import os
import sys
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from arbiter_games.dobutsu import Dobutsu
from sessions import hang_record, shared_suspensions, suspensions
from sessions.game_registry import GameRegistry
from sessions.hang_record import SUSPENDED_SECONDS, HangRecord
from sessions.suspensions import Suspensions
from tests.unit.sessions.conftest import NOW

DIES_IN = {each.__file__ for each in (hang_record, shared_suspensions, suspensions)}
MAX_LINES = 1000


class Killed(BaseException):
    """The process dies."""


@contextmanager
def killed_before(line):
    """Kill the process before it runs so many lines of what suspends sessions; yield if it is."""
    left = line

    def trace(frame, event, argument):
        nonlocal left
        if frame.f_code.co_filename not in DIES_IN:
            return None
        left -= event == "line"
        if not left:
            raise Killed
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


@pytest.fixture(autouse=True)
def closed_files(monkeypatch):
    """Close what the processes have opened, as their end would."""
    opened, open_empty = [], hang_record._open_empty

    def note_opened(path):
        opened.append(open_empty(path))
        return opened[-1]

    monkeypatch.setattr(hang_record, "_open_empty", note_opened)
    yield
    for each in opened:
        os.close(each)


@pytest.fixture
def run(service, tmp_path):
    """Return a function that runs a process until it has shared what it suspends."""

    def run():
        suspensions = Suspensions(lambda: NOW)
        service.registry = GameRegistry({"dobutsu": Dobutsu()}, suspensions)
        record = HangRecord(tmp_path)
        record.suspend(suspensions)
        service.share_suspensions()
        return record

    return run


@pytest.fixture
def hang(tmp_path):
    """Return a function that leaves what a process leaves that hangs in a session."""

    def hang(session_id):
        (tmp_path / "traceback").write_text("in apply")
        (tmp_path / "running").write_text(f'["dobutsu", "{session_id}"]')

    return hang


def suspended_seconds(service, session_id):
    return service.registry.suspensions.seconds_left("dobutsu", session_id)


def test_a_death_at_any_line_leaves_the_session_suspended(service, run, hang):
    for line in range(1, MAX_LINES):
        with service.db.get_session() as session:
            session.execute(text("DELETE FROM session_game_failures"))
        hang("hung")
        try:
            with killed_before(line):
                run()
        except Killed:
            run()
        else:
            break
        run()
        assert suspended_seconds(service, "hung") == SUSPENDED_SECONDS, line
    assert 40 < line < MAX_LINES - 1


def test_two_that_hang_before_either_is_stored_are_suspended(service, run, hang, monkeypatch):
    monkeypatch.setattr(service, "share_suspensions", lambda: None)
    for session_id in ("one", "other"):
        hang(session_id)
        assert run().has_hung
    monkeypatch.undo()
    run()
    run()
    for session_id in ("one", "other"):
        assert suspended_seconds(service, session_id) == SUSPENDED_SECONDS
    assert suspended_seconds(service, "third") == 0


def test_a_stored_suspension_is_not_made_again(service, run, hang):
    hang("hung")
    assert run().has_hung
    with service.db.get_session() as session:  # as an operator lifts it
        session.execute(text("DELETE FROM session_game_failures"))
    assert not run().has_hung
    assert suspended_seconds(service, "hung") == 0
