"""What one instance suspends is suspended on all, until it is over or an operator lifts it."""

from functools import partial
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from arbiter_games.dobutsu import Dobutsu
from sessions.exceptions import GameFailed, GameSuspended
from sessions.game_registry import GameRegistry
from sessions.limited_game import BrokenLimit
from sessions.suspensions import (
    FIRST_SECONDS,
    FORGOTTEN_AFTER_SECONDS,
    GAME_WINDOW_SECONDS,
    MAX_GAME_FAILURES,
    Suspensions,
)
from tests.unit.sessions.conftest import OPTIONS


class Breaking(Dobutsu):
    """A game of which each move breaks a limit."""

    name = "breaking"

    def apply(self, state, player, move):
        raise BrokenLimit("has taken too long")


@pytest.fixture
def now():
    return SimpleNamespace(time=1_700_000_000.0)


@pytest.fixture
def start(serve, service, now):
    """Return a function that starts an instance on the database that all have in common."""
    database = service.db

    def start():
        service = serve()
        service.db = database
        games = {game.name: game for game in (Breaking(), Dobutsu())}
        service.registry = GameRegistry(games, Suspensions(lambda: now.time))
        service.share_suspensions()
        return service

    return start


@pytest.fixture
def instances(start):
    return start(), start()


@pytest.fixture
def new_session(instances):
    return partial(instances[0].create, game="breaking", options=OPTIONS, players=["alice", "bob"])


@pytest.fixture
def move(instances, now):
    """Return a function that makes a move by an instance, after both know what the other does."""

    def move(number, session_id, error):
        for each in (*instances, *instances):
            each.share_suspensions()
        with pytest.raises(error) as caught:
            instances[number].execute(
                session_id, "alice", {"type": "move", "move": "b2b3"}, f"command {now.time}"
            )
        return caught.value.details

    return move


def test_a_session_that_fails_is_suspended_on_all_instances(new_session, move, now):
    session_id = new_session("one")
    move(0, session_id, GameFailed)
    assert move(1, session_id, GameSuspended)["retry_after"] == FIRST_SECONDS
    now.time += FIRST_SECONDS
    move(1, session_id, GameFailed)
    assert move(0, session_id, GameSuspended)["retry_after"] == 2 * FIRST_SECONDS


def test_failures_on_all_instances_suspend_a_game(new_session, move):
    another = new_session("another")
    for number in range(MAX_GAME_FAILURES + 1):
        move(number % 2, new_session(f"session {number}"), GameFailed)
    for number in range(2):
        move(number, another, GameSuspended)


def test_a_hold_is_known_to_later_instances_until_lifted(instances, start, new_session, now):
    session_id = new_session("one")
    instances[0].registry.suspensions.hold("breaking", session_id, 24 * 3600)
    instances[1].registry.suspensions.add("breaking", session_id)  # before it hears of that
    for each in instances:
        each.share_suspensions()
    later = start()
    for each in (*instances, later):
        each.share_suspensions()
        assert each.registry.suspensions.seconds_left("breaking", session_id) == 24 * 3600
    with later.db.get_session() as session:
        session.execute(text("DELETE FROM session_game_failures"))
    for each in (*instances, later):
        each.share_suspensions()
        assert each.registry.suspensions.seconds_left("breaking", session_id) == 0


def test_failures_far_apart_suspend_no_game_after_a_restart(instances, start, now):
    """The order in which the database returns them does not matter."""
    suspensions = instances[0].registry.suspensions
    for number in (0, *range(MAX_GAME_FAILURES + 1), 0):
        suspensions.add("breaking", f"session {number}")
        now.time += GAME_WINDOW_SECONDS + 1
        instances[0].share_suspensions()
    now.time -= GAME_WINDOW_SECONDS
    for each in (instances[0], start()):
        assert each.registry.suspensions.seconds_left("breaking", "another") == 0


def test_failures_are_forgotten(instances, statements, now):
    instances[0].registry.suspensions.add("breaking", "one")
    instances[0].share_suspensions()
    assert all(each.startswith("SELECT") for each in statements(instances[0].share_suspensions))
    now.time += FORGOTTEN_AFTER_SECONDS + 1
    instances[1].share_suspensions()
    with instances[1].db.get_session() as session:
        assert session.scalar(text("SELECT count(*) FROM session_game_failures")) == 0
