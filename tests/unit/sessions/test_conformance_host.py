"""The host of the conformance kit: a session service that dies where it is told to."""

import configparser
import random
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from arbiter_games.testing import BrokenLaw, assert_game_conforms, conformance
from arbiter_games.testing.host import HOST_GROUP, Crash, MoveCommand
from sessions.conformance_host import SessionHost
from tests.arbiter_games.testing.games import Throws
from tests.arbiter_games.testing.test_session_laws import KILL, Remembering

SETUP = Path(__file__).resolve().parent.parent.parent.parent / "setup.cfg"
ROCK = MoveCommand(0, "rock", "c1")
OPTIONS = {"clock": None, "rated": True}


@pytest.fixture
def session():
    game = Throws()
    with SessionHost(game, 2, OPTIONS, game.setup(2, OPTIONS, random.Random(0))) as session:
        yield session


def throws(session):
    return session.get(0)["state"]["rounds"][-1]


def announced(session, viewer):
    """Return the announced events of the session's history: not that it was created."""
    return [event for event in session.announced(viewer) if "version" in event]


def test_an_accepted_move_is_answered_stored_and_announced(session):
    answer = session.execute(ROCK)
    assert answer == {"version": 1, "command_id": "c1"}
    session.restart()
    assert throws(session) == ["rock", False]
    assert [event["version"] for event in session.history(0)] == [1]
    assert [event["version"] for event in announced(session, 0)] == [1]


def test_a_refused_move_has_no_answer(session):
    assert session.execute(MoveCommand(0, "lizard", "c1")) is None
    assert session.history(0) == []


@pytest.mark.parametrize(
    ("crash", "stored"), [(Crash.BEFORE_COMMIT, False), (Crash.AFTER_COMMIT, True)]
)
def test_a_crash_keeps_only_what_was_committed(session, crash, stored):
    assert session.execute(ROCK, crash) is None
    session.restart()
    assert throws(session) == ["rock" if stored else None, False]
    assert announced(session, 0) == []
    assert session.execute(ROCK) == {"version": 1, "command_id": "c1"}


@pytest.mark.parametrize(("viewer", "shown"), [(0, "rock"), (1, None), (None, None)])
def test_each_viewer_is_sent_what_may_be_seen(session, viewer, shown):
    session.execute(ROCK)
    for [event] in (announced(session, viewer), session.history(viewer)):
        assert event["command"].get("move") == shown


def test_the_kit_finds_a_game_that_remembers(monkeypatch):
    monkeypatch.setattr(conformance, "installed_hosts", lambda: [SessionHost])
    with pytest.raises(BrokenLaw) as caught:
        assert_game_conforms(Remembering(), examples=2)
    assert caught.value.law == KILL


def test_the_distribution_declares_the_host():
    config = configparser.ConfigParser()
    config.read(SETUP)
    name, _, value = config["options.entry_points"][HOST_GROUP].strip().partition(" = ")
    assert EntryPoint(name, value, HOST_GROUP).load() is SessionHost
