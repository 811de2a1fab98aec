"""The entrypoints of the session service, and what it announces."""

import eventlet
import pytest

from extensions.pagination import UnknownCursor
from sessions import events, exceptions
from tests.interface.sessions.commands import DEFAULTS, RESIGN


def test_games_are_listed(service):
    dobutsu = {"name": "dobutsu", "title": "Dobutsu shogi", "min_players": 2, "max_players": 2}
    assert dobutsu in service.games()


def test_options_are_completed(service):
    assert service.complete_options("dobutsu", {"rated": False}) == {
        "game": "dobutsu", "options": {"clock": None, "rated": False}, "seats": 2
    }
    with pytest.raises(exceptions.GameNotFound) as refusal:
        service.complete_options("go", {})
    assert refusal.value.details == {"game": "go"}
    with pytest.raises(exceptions.InvalidOptions) as refusal:
        service.complete_options("dobutsu", {"rated": "yes", "komi": 6})
    assert {each["path"] for each in refusal.value.details["errors"]} == {
        "options.rated", "options.komi"
    }
    with pytest.raises(exceptions.InvalidOptions) as refusal:
        service.complete_options("dobutsu", {}, 3)
    assert [each["path"] for each in refusal.value.details["errors"]] == ["seats"]


def test_a_new_session_is_announced_to_each_player(service, tap):
    ear = tap(events.EXCHANGE)
    session_id = service.create("key", "dobutsu", DEFAULTS, ["alice", "bob"])
    heard = {each.players[0]: each for each in (ear.next(), ear.next())}
    assert set(heard) == {"alice", "bob"}
    for login, each in heard.items():
        assert each.event == "session.created"
        assert each.routing_key == f"session.{session_id}.created"
        assert each.params["session_id"] == session_id
        assert each.params["session"] == service.get(session_id, login)
    assert heard["alice"].params["session"]["legal"] and not heard["bob"].params["session"]["legal"]
    assert ear.rest() == []


def test_the_same_key_gives_the_same_session_silently(service, session_id, ear):
    assert service.create("key", "dobutsu", DEFAULTS, ["alice", "bob"]) == session_id
    assert ear.rest() == []


def test_many_creations_at_once_start_one_session(service, tap):
    ear = tap(events.EXCHANGE)
    players = ["alice", "bob"]
    ids = eventlet.GreenPool().imap(
        lambda _: service.create("key", "dobutsu", DEFAULTS, players), range(10)
    )
    assert len(set(ids)) == 1
    assert [heard.event for heard in ear.rest()] == ["session.created"] * 2


def test_an_unknown_game_starts_no_session(service, tap):
    ear = tap(events.EXCHANGE)
    with pytest.raises(exceptions.GameNotFound):
        service.create("key", "go", DEFAULTS, ["alice", "bob"])
    assert ear.rest() == []
    assert service.list()["items"] == []


def test_sessions_are_listed_in_pages_without_private_ones(service):
    ids = [
        service.create(f"key {number}", "dobutsu", DEFAULTS, players, private)
        for number, (players, private) in enumerate(
            [(["alice", "bob"], False), (["alice", "carol"], True), (["bob", "carol"], False)]
        )
    ]
    service.execute(ids[0], "alice", RESIGN, "1")

    def listed(**where):
        found, after = [], None
        while True:
            answer = service.list(limit=1, after=after, **where)
            found += [each["session_id"] for each in answer["items"]]
            after = answer["next"]
            if after is None:
                return found

    assert listed() == listed(viewer="bob") == [ids[2], ids[0]]
    assert listed(viewer="carol") == [ids[2], ids[1], ids[0]]
    assert listed(viewer="bob", login="Alice") == [ids[0]]
    assert listed(viewer="alice", login="alice", status="active") == [ids[1]]
    assert listed(game="dobutsu", status="ended") == [ids[0]]
    with pytest.raises(exceptions.GameNotFound):
        service.list(game="go")
    with pytest.raises(UnknownCursor):
        service.list(after="made up")
