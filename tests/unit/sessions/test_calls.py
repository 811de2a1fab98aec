"""Commands that came by several calls in one batch: each goes on under the id of its own."""

import logging

from extensions import request_id
from extensions.errors import StorageAway
from sessions.command_processor import CommandProcessor


def order(session_id, login, move, call_id=None, **rest):
    made = {
        "session_id": session_id, "login": login, "command": {"type": "move", "move": move},
        "command_id": f"{login} {move}", **rest,
    }
    return {**made, "call_id": call_id} if call_id else made


def commands(lines):
    return [line for line in lines() if line["message"] == "command"]


def test_each_commands_events_tell_the_call_that_it_came_by(service, outbox, create):
    first, second = create(), create()
    service.execute_many([
        order(first, "alice", "b2b3", "c0ffee"), order(first, "bob", "a4a3", "decade"),
        order(second, "alice", "b2b3", "facade"),
    ])
    assert [(each.params["session_id"], each.request_id) for each in outbox.sent] == [
        (first, "c0ffee"), (first, "decade"), (second, "facade")
    ]


def test_a_line_is_logged_for_each_command(service, session_id, lines):
    service.execute_many([
        order(session_id, "alice", "b2b3", "c0ffee"), order(session_id, "alice", "b3b4", "decade"),
        order("s2", "bob", "a4a3"),
    ])
    common = {"level": "INFO", "message": "command", "type": "move"}
    assert commands(lines) == [
        {
            **common, "request_id": "c0ffee", "session": session_id, "login": "alice",
            "outcome": "ok", "version": 1,
        },
        {
            **common, "request_id": "decade", "session": session_id, "login": "alice",
            "outcome": "NotYourTurn", "version": None,
        },
        {
            **common, "request_id": None, "session": "s2", "login": "bob",
            "outcome": "SessionNotFound", "version": None,
        },
    ]


def test_a_command_by_itself_is_logged_as_well(execute, outbox, lines):
    with request_id.scope("c0ffee"):
        execute("alice", move="b2b3")
    assert [line["outcome"] for line in commands(lines)] == ["ok"]
    assert [each.request_id for each in outbox.sent] == ["c0ffee"]


def test_what_a_player_has_made_up_is_not_logged(service, session_id, lines):
    for kind in ("a secret", ["a secret"], None):
        made = order(session_id, "alice", "a secret")
        service.execute_many([{**made, "command": {"type": kind, "move": "a secret"}}])
    assert [line["outcome"] for line in commands(lines)] == ["InvalidCommand"] * 3
    assert "secret" not in str(lines())


def test_what_could_not_be_stored_is_logged_so(service, session_id, lines, monkeypatch):
    def fail(self, requests):
        raise StorageAway("away")

    monkeypatch.setattr(CommandProcessor, "process", fail)
    service.execute_many([order(session_id, "alice", "b2b3", "c0ffee")])
    assert [(line["request_id"], line["outcome"]) for line in commands(lines)] == [
        ("c0ffee", "StorageAway")
    ]


def test_nothing_is_logged_where_it_is_not_wanted(service, session_id, lines, caplog):
    caplog.set_level(logging.WARNING, "request_log")
    service.execute_many([order(session_id, "alice", "b2b3")])
    assert lines() == []
