"""Connecting to sessions, their history, and commands."""

import pytest

from extensions import request_id

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
    services.sessions.history.return_value = {"events": []}
    call("sessions.history", "alice", session_id="s1", since=given)
    services.sessions.history.assert_called_once_with("s1", "alice", asked)


def test_command_carries_its_request_id(call, collaborators):
    sent = []

    def execute(command):
        sent.append((command["call_id"], request_id.current()))
        return {"version": 1, "command_id": "c"}

    collaborators["commands"].execute.side_effect = execute
    call("sessions.execute", "alice", session_id="s1", command={"type": "resign"}, command_id="c")
    [(carried, current)] = sent
    assert carried is not None and carried == current
