"""Chance in moves: it comes from the seed of the session and the version, and nobody is told it."""

import pytest

from arbiter_games.contract import chance_of
from docs.examples.pig import Pig
from sessions.models import SessionRow

OPTIONS = {"clock": None, "rated": True, "goal": 30}


@pytest.fixture
def session_id(create):
    return create("pig", options=OPTIONS)


@pytest.fixture
def seed(service, session_id):
    with service.db.get_session() as session:
        return session.get(SessionRow, session_id).seed


@pytest.fixture
def roll(service, execute, session_id):
    """Return a function that has the player to move roll: the state before, the new state."""

    def roll():
        before = service.get(session_id)
        [login] = before["to_move"]
        version = execute(login, move="roll")["version"]
        return before, version, service.get(session_id)["state"]

    return roll


def test_a_move_draws_from_the_seed_and_the_version(roll, connect, seed):
    dice = []
    for _ in range(8):
        before, version, state = roll()
        seat = before["state"]["turn"]
        expected = Pig().apply(before["state"], seat, "roll", chance_of(seed, version))
        assert state == expected
        dice.append(state["die"])
    assert len(set(dice)) > 2


def test_the_seed_is_told_only_by_the_export_of_an_ended_game(
    service, outbox, roll, execute, session_id, seed
):
    service.connect(session_id, "of alice", "gateway", "alice")
    roll()
    shown = [service.get(session_id), service.history(session_id), service.list()]
    assert seed not in repr(shown) + repr([each.body for each in outbox.sent])
    execute("alice", "resign")
    assert f"Seed: {seed}" in service.export(session_id)["text"]
    assert seed not in repr(service.get(session_id))


def test_a_repeated_roll_is_not_rolled_again(service, execute, session_id):
    [first, second] = [execute("alice", move="roll", command_id="one") for _ in range(2)]
    assert first == second
    assert service.get(session_id)["state"]["ply"] == 1
