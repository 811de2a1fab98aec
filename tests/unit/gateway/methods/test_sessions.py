"""Connecting to sessions, their history, and commands."""

import json

import pytest

from extensions import request_id
from gateway.protocol.errors import Unavailable
from gateway.protocol.rate_limits import OFFER_LIMIT, Limits
from sessions.exceptions import NoDrawOffered

SESSION_ID = "0123456789abcdef01234567"


@pytest.mark.parametrize(
    "session_id", ["", "#", "*", f"{SESSION_ID}.#", SESSION_ID[1:], f"{SESSION_ID}\n"]
)
def test_id_that_is_not_a_session_id_is_never_bound(refused, services, connect, session_id):
    connection = connect()
    kind = refused("sessions.connect", connection=connection, session_id=session_id)
    assert kind == "SessionNotFound"
    assert not services.sessions.connect.called


@pytest.mark.parametrize(("given", "asked"), [(None, 0), (3, 3), (10**300, 2**31 - 1)])
def test_history_is_asked_from_a_valid_version(call, services, given, asked):
    services.sessions.history.return_value = {"events": [], "next": None}
    call("sessions.history", "alice", session_id="s1", since=given)
    services.sessions.history.assert_called_once_with("s1", "alice", asked)


def test_history_is_asked_for_a_page(call, refused, services):
    services.sessions.history.return_value = {"events": [], "next": None}
    call("sessions.history", "alice", session_id="s1", since=5, limit=1000)
    services.sessions.history.assert_called_once_with("s1", "alice", 5, 1000)
    for limit in (0, 1001, "1"):
        assert refused("sessions.history", session_id="s1", limit=limit) == "InvalidParams"


@pytest.fixture
def commands(collaborators):
    """The commands that were submitted; each waits until its test answers it."""
    submitted = []
    collaborators["commands"].submit.side_effect = lambda *given: submitted.append(given)
    return submitted


def message(kind="resign", session_id=SESSION_ID):
    params = {"session_id": session_id, "command": {"type": kind}, "command_id": "c"}
    return json.dumps(
        {"jsonrpc": "2.0", "id": 7, "method": "sessions.execute", "params": params}
    )


def test_command_carries_its_request_id(serve, commands, lines):
    answers = serve(message())
    [(command, on_answer)] = commands
    on_answer({"version": 1, "command_id": "c"})
    assert len(answers) == 1 and json.loads(answers[0].text)["result"]["version"] == 1
    with request_id.scope(command["request_id"]):
        assert request_id.idempotency_key() == command["request_id"]


def test_command_is_answered_when_its_result_comes(serve, commands, lines):
    answers = serve(message())
    assert answers == [] and lines() == [] and request_id.current() is None
    [(_, on_answer)] = commands
    on_answer({"version": 3, "command_id": "c"})
    assert json.loads(answers[0].text)["result"] == {"version": 3, "command_id": "c"}
    assert [line["outcome"] for line in lines()] == ["ok"]


def test_refused_command_is_answered_with_its_error(serve, commands, lines):
    answers = serve(message())
    [(_, on_answer)] = commands
    on_answer(Unavailable.of("try again", service="sessions"))
    error = json.loads(answers[0].text)["error"]
    assert error["data"] == {"type": "Unavailable", "service": "sessions"}
    assert [line["outcome"] for line in lines()] == ["Unavailable"]


@pytest.mark.parametrize("refusal", [Unavailable("away"), NoDrawOffered("no")])
def test_only_commands_that_succeed_count_as_about_a_draw(collaborators, serve, commands, refusal):
    collaborators["limits"] = Limits(clock=lambda: 1000.0)
    for _ in range(2 * OFFER_LIMIT.burst):
        serve(message("decline_draw"))
        commands.pop()[1](refusal)
    for _ in range(OFFER_LIMIT.burst):
        serve(message("decline_draw"))
        commands.pop()[1]({"version": 1, "command_id": "c"})
    [answer] = serve(message("decline_draw"))
    assert (answer.refusal, commands) == ("RateLimited", [])
