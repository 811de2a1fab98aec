"""A session goes on from a position of one that has ended: where from, and what it begins with."""

import pytest

from sessions import continuations
from sessions.exceptions import InvalidOptions
from tests.unit.sessions.conftest import CATCHING_THE_LION

MOVES = ["b2b3", "a4a3", "c1c2"]


@pytest.fixture
def ended(service, create):
    """Return a function that plays a session to its end, and returns its id."""

    def ended(*moves, **options):
        session_id = create(options={"clock": None, "rated": False, **options})
        for number, move in enumerate(moves):
            login = service.get(session_id)["to_move"][0]
            service.execute(session_id, login, {"type": "move", "move": move}, f"c{number}")
        if service.get(session_id)["status"] == "active":
            service.execute(session_id, "bob", {"type": "resign"}, "resign")
        return session_id

    return ended


@pytest.fixture
def go_on(service, create):
    """Return a function that starts a session from a version of another one."""

    def go_on(session_id, version, game="dobutsu"):
        given = {"from": {"session_id": session_id, "version": version}}
        complete = service.complete_options(game, given, 2)
        return create(options=complete["options"], players=("carol", "dave"))

    return go_on


def test_a_continued_session_begins_with_the_position(service, ended, go_on):
    source = ended(*MOVES)
    session_id = go_on(source, 2)
    session = service.get(session_id, "carol")
    assert session["options"] == {
        "clock": None, "rated": False, "from": {"session_id": source, "version": 2}
    }
    assert (session["version"], session["to_move"], session["state"]["ply"]) == (0, ["carol"], 2)
    assert session["state"] == service.history(source)["events"][1]["state"]
    assert service.initial_state(session_id) == {
        "state": session["state"], "before": {
            "state": service.initial_state(source)["state"], "moves": [[0, "b2b3"], [1, "a4a3"]],
        },
    }
    assert service.history(session_id)["events"] == []


def test_a_continued_session_is_played_and_exported(service, ended, go_on):
    session_id = go_on(ended(*MOVES), 2)
    before = service.get(session_id)["state"]
    service.execute(session_id, "carol", {"type": "move", "move": "c1c2"}, "a")
    service.execute(session_id, "carol", {"type": "offer_takeback"}, "b")
    service.execute(session_id, "dave", {"type": "accept_takeback"}, "c")
    assert service.get(session_id)["state"] == before
    service.execute(session_id, "carol", {"type": "move", "move": "b1c2"}, "d")
    service.execute(session_id, "dave", {"type": "resign"}, "e")
    text = service.export(session_id)["text"]
    assert "1. carol: b1c2" in text and "Setup: " in text and "b2b3" not in text


def test_another_goes_on_from_a_continued_one(service, ended, go_on):
    first = go_on(ended(*MOVES), 2)
    service.execute(first, "carol", {"type": "move", "move": "c1c2"}, "a")
    service.execute(first, "dave", {"type": "resign"}, "b")
    second = service.initial_state(go_on(first, 1))
    assert second["state"]["ply"] == 3
    assert second["before"]["moves"] == [[0, "b2b3"], [1, "a4a3"], [0, "c1c2"]]


def test_a_rematch_begins_with_the_same_position(service, ended, go_on):
    session_id = go_on(ended(*MOVES), 2)
    for login in ("carol", "dave"):
        service.connect(session_id, f"of {login}", "gateway", login)
    service.execute(session_id, "dave", {"type": "resign"}, "a")
    service.rematch(session_id, "carol")
    again = service.rematch(session_id, "dave")["session_id"]
    assert service.get(again)["state"] == service.initial_state(session_id)["state"]
    assert service.get(again)["players"] == ["dave", "carol"]


@pytest.mark.parametrize("version, path, message", [
    (9, "options.from.version", "no such version"),
    (3, "options.from.version", "over"),
    (-1, "options.from.version", "greater"),
])
def test_a_version_without_a_position_is_refused(service, ended, go_on, version, path, message):
    source = ended(*CATCHING_THE_LION)
    with pytest.raises(InvalidOptions, match=message) as refused:
        go_on(source, version)
    assert refused.value.details["errors"][0]["path"] == path


@pytest.mark.parametrize("game, seats, message", [
    ("high_card", 2, "is one of dobutsu"), ("dobutsu", 2, "still being played"),
])
def test_another_game_or_an_active_one_is_refused(service, create, ended, game, seats, message):
    source = create() if game == "dobutsu" else ended(*MOVES)
    given = {"from": {"session_id": source, "version": 0}}
    with pytest.raises(InvalidOptions, match=message):
        service.complete_options(game, given, seats)


def test_an_unknown_session_is_refused(service):
    with pytest.raises(InvalidOptions, match="no session"):
        service.complete_options("dobutsu", {"from": {"session_id": "0" * 24, "version": 0}}, 2)


def test_a_continued_session_is_never_rated(service, ended):
    given = {"from": {"session_id": ended(*MOVES), "version": 1}, "rated": True}
    with pytest.raises(InvalidOptions, match="rated"):
        service.complete_options("dobutsu", given, 2)


def test_very_many_moves_before_it_are_refused(ended, go_on, monkeypatch):
    source = ended(*MOVES)
    monkeypatch.setattr(continuations, "MAX_MOVES_BEFORE", 1)
    go_on(source, 1)
    with pytest.raises(InvalidOptions, match="more than 1 moves"):
        go_on(source, 2)


def test_a_position_after_a_player_has_left_is_refused(service, create):
    source = create("pig", ("ann", "bob", "cat"), options={"rated": False, "goal": 30})
    service.execute(source, "ann", {"type": "move", "move": "hold"}, "a")
    for login in ("cat", "bob"):
        service.execute(source, login, {"type": "resign"}, login)
    given = {"goal": 30, "from": {"session_id": source, "version": 1}}
    service.complete_options("pig", given, 3)
    given["from"]["version"] = 2
    with pytest.raises(InvalidOptions, match="left"):
        service.complete_options("pig", given, 3)


def test_a_position_that_was_taken_back_is_gone_on_from(service, create, go_on):
    source = create(options={"clock": None, "rated": False})
    commands = [
        *({"type": "move", "move": move} for move in MOVES), {"type": "offer_takeback"},
        {"type": "accept_takeback"}, {"type": "move", "move": CATCHING_THE_LION[2]},
    ]
    for number, command in enumerate(commands):
        login = "bob" if number in (1, 4) else "alice"
        service.execute(source, login, command, f"c{number}")
    assert service.get(source)["status"] == "ended"
    assert service.get(go_on(source, 3))["state"]["ply"] == 3
