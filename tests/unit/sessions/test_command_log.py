"""The log of commands: each command of a batch is logged under its own request id."""

import logging

import eventlet
import pytest

from extensions import request_id
from extensions.errors import StorageAway
from sessions.command_processor import CommandProcessor


def request(session_id, login, move, request_id=None):
    return {
        "session_id": session_id, "login": login, "command": {"type": "move", "move": move},
        "command_id": f"{login} {move}", "request_id": request_id,
    }


@pytest.fixture(autouse=True)
def logged_before():
    eventlet.sleep(0)  # what other tests have left to be logged


def commands(lines):
    eventlet.sleep(0)  # they are logged after the answer
    return [line for line in lines() if line["message"] == "command"]


def test_events_carry_the_request_id_of_their_command(service, outbox, create):
    first, second = create(), create()
    service.execute_many([
        request(first, "alice", "b2b3", "c0ffee"), request(first, "bob", "a4a3", "decade"),
        request(second, "alice", "b2b3", "facade"),
    ])
    assert [(each.params["session_id"], each.request_id) for each in outbox.sent] == [
        (first, "c0ffee"), (first, "decade"), (second, "facade")
    ]


def test_a_line_is_logged_for_each_command(service, session_id, lines):
    service.execute_many([
        request(session_id, "alice", "b2b3", "c0ffee"),
        request(session_id, "alice", "b3b4", "decade"),
        request("s2", "bob", "a4a3"),
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


def test_a_command_by_itself_is_logged_too(execute, outbox, lines):
    with request_id.scope("c0ffee"):
        execute("alice", move="b2b3")
    assert [line["outcome"] for line in commands(lines)] == ["ok"]
    assert [each.request_id for each in outbox.sent] == ["c0ffee"]


def test_made_up_command_types_are_not_logged(service, session_id, lines):
    for kind in ("a secret", ["a secret"], None):
        made = request(session_id, "alice", "a secret")
        service.execute_many([{**made, "command": {"type": kind, "move": "a secret"}}])
    assert [line["outcome"] for line in commands(lines)] == ["InvalidCommand"] * 3
    assert "secret" not in str(lines())


def test_a_failure_to_store_is_logged(service, session_id, lines, monkeypatch):
    def fail(self, requests):
        raise StorageAway("away")

    monkeypatch.setattr(CommandProcessor, "process", fail)
    service.execute_many([request(session_id, "alice", "b2b3", "c0ffee")])
    assert [(line["request_id"], line["outcome"]) for line in commands(lines)] == [
        ("c0ffee", "StorageAway")
    ]


def test_nothing_is_logged_above_the_level(service, session_id, lines, caplog):
    caplog.set_level(logging.WARNING, "request_log")
    service.execute_many([request(session_id, "alice", "b2b3")])
    assert lines() == []
