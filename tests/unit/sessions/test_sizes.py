"""A game whose positions grow without a bound: its own sessions are refused, and no others."""

import pytest

from arbiter_games.dobutsu import Dobutsu
from extensions import json_codec
from sessions import connect_processor, session_lists
from sessions.exceptions import GameFailed
from sessions.storage import events
from tests.unit.sessions.conftest import OPTIONS


class Growing(Dobutsu):
    """A game whose position has the size that a move says; it begins with that of an option."""

    name = "growing"

    def setup(self, players, options, rng):
        size = options.get("size", 0)
        return {**super().setup(players, options, rng), "size": size, "filling": "x" * size}

    def apply(self, state, player, move):
        moved = super().apply(state, player, move.split()[0])
        return {**moved, "size": int(move.split()[-1])} if " " in move else moved

    def view(self, state, player):
        return {**super().view(state, player), "filling": "x" * state["size"]}

    def for_history(self, state):
        return {**state, "filling": "x" * state["size"]}


TOO_LARGE = json_codec.MAX_STORED_BYTES


@pytest.fixture
def create(service):
    service.registry.games["growing"] = Growing()

    def create(name="growing", **options):
        key = f"{name} {options}"
        return service.create(key, name, {**OPTIONS, **options}, ["alice", "bob"])

    return create


def move(session_id, move):
    return {
        "session_id": session_id, "login": "alice", "command": {"type": "move", "move": move},
        "command_id": move,
    }


def test_a_move_that_makes_too_much_is_refused(service, create, statements):
    session_id = create()
    with pytest.raises(GameFailed, match="The game growing has made .* of more than 4 MiB"):
        service.execute(**move(session_id, f"b2b3 {TOO_LARGE}"))
    service.registry.suspensions.__init__()
    assert service.get(session_id)["version"] == 0
    assert service.history(session_id)["events"] == []


def test_others_of_the_same_batch_are_stored(service, create):
    sessions = [create(), create("dobutsu")]
    answers = service.execute_many([
        move(sessions[0], f"b2b3 {TOO_LARGE}"), move(sessions[1], "b2b3")
    ])
    assert answers[0]["error"]["exc_type"] == "GameFailed"
    assert answers[1]["result"]["version"] == 1


def test_a_session_that_begins_with_too_much_is_refused(service, create):
    with pytest.raises(GameFailed, match="growing"):
        create(size=TOO_LARGE)


def test_connections_whose_answers_are_too_large_are_refused(service, create, monkeypatch):
    large, small = create(size=10_000), create("dobutsu")
    requests = [
        {"session_id": each, "connection_id": f"c{number}", "gateway_id": "g"}
        for number, each in enumerate([large, large, small])
    ]

    def kinds():
        answers = service.connect_many(requests)
        return [each.get("error", {}).get("exc_type") for each in answers]

    assert kinds() == [None, None, None]
    monkeypatch.setattr(connect_processor, "MAX_ANSWERS_BYTES", 15_000)
    assert kinds() == [None, "StorageBusy", None]
    monkeypatch.setattr(connect_processor, "MAX_ANSWERS_BYTES", 5_000)
    assert kinds() == ["GameFailed", "GameFailed", None]


def test_started_sessions_come_in_pages_of_bounded_size(service, create, monkeypatch, clock):
    ids = [create(size=10_000 + number) for number in range(3)]
    monkeypatch.setattr(session_lists, "MAX_STARTED_BYTES", 25_000)
    page = service.list_started(["alice"], 0)
    assert [each["session_id"] for each in page["sessions"]] == sorted(ids)[:2]
    page = service.list_started(["alice"], *page["next"])
    assert [each["session_id"] for each in page["sessions"]] == sorted(ids)[2:]
    assert page["next"] is None


def test_started_sessions_are_listed_without_those_that_fail(service, create):
    failing, sound = create(), create("dobutsu")
    service.registry.suspensions.add("growing", failing)
    page = service.list_started(["alice"], 0)
    assert [each["session_id"] for each in page["sessions"]] == [sound]


def test_a_game_of_too_many_moves_is_not_exported(service, create, monkeypatch):
    session_id = create("dobutsu")
    service.execute(**move(session_id, "b2b3"))
    service.execute(session_id, "alice", {"type": "resign"}, "c")
    assert "b2b3" in service.export(session_id)["text"]
    monkeypatch.setattr(events, "MAX_MOVES", 0)
    with pytest.raises(GameFailed, match="too many moves"):
        service.export(session_id)
