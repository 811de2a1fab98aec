"""What many connections ask of the services at once goes in one call, each kind by itself."""

from types import SimpleNamespace

import eventlet
import pytest
from nameko.exceptions import serialize

from auth.exceptions import InvalidToken
from gateway.broker.batched_calls import BatchedCalls
from gateway.broker.request_batcher import in_greenthread
from gateway.protocol.errors import Unavailable
from sessions.exceptions import SessionNotFound
from tests.unit.gateway.conftest import settle

REQUEST = {
    "session_id": "s1", "connection_id": "c1", "gateway_id": "g1", "login": "alice", "since": 3,
    "request_id": "c0ffee", "traceparent": None,
}
CONNECTED = {"session": {}, "events": []}


@pytest.fixture
def calls():
    return []


@pytest.fixture
def batched_calls(calls):
    """Calls of services that answer what stands in `answers`, else with what they were given."""

    def method(name):
        def call_many(requests):
            calls.append((name, list(requests)))
            eventlet.sleep(0)
            answer = batched_calls.answers.get(name, lambda each: {"result": each})
            return [answer(each) for each in requests]

        return call_many

    batched_calls = BatchedCalls(
        SimpleNamespace(
            authenticate_many=method("authenticate_many"),
            login_states=lambda logins: [
                {"ended": family == "f2", "guest": False} for _, family, _ in logins
            ],
        ),
        SimpleNamespace(connect_many=method("connect_many")),
        in_greenthread(method("execute_many")),
        rpc_timeout=5.0,
    )
    batched_calls.answers = {}
    return batched_calls


def test_request_to_connect_is_sent_as_it_is(batched_calls, calls):
    batched_calls.answers["connect_many"] = lambda _: {"result": CONNECTED}
    assert batched_calls.connect(REQUEST) == CONNECTED
    assert calls == [("connect_many", [REQUEST])]


def test_herd_is_connected_in_few_calls(batched_calls, calls):
    requests = [{**REQUEST, "connection_id": f"c{number}"} for number in range(100)]
    threads = [eventlet.spawn(batched_calls.connect, request) for request in requests]
    assert [thread.wait() for thread in threads] == requests
    assert len(calls) <= 5


def test_tokens_are_checked_in_few_calls(batched_calls, calls):
    threads = [eventlet.spawn(batched_calls.authenticate, str(number)) for number in range(100)]
    assert [thread.wait() for thread in threads] == [str(number) for number in range(100)]
    assert len(calls) <= 5


def test_tokens_are_checked_again_by_their_logins(batched_calls):
    def claims(login, family):
        return {"login": login, "family": family, "expires_at": 1.0, "fingerprint": "f"}

    asked = [claims("alice", "f1"), claims("alice", "f2"), claims("bob", "f3")]
    threads = [eventlet.spawn(batched_calls.login_state, each) for each in asked]
    assert [thread.wait()["ended"] for thread in threads] == [False, True, False]


@pytest.mark.parametrize(("ask", "method", "error"), [
    (lambda each: each.connect(REQUEST), "connect_many", SessionNotFound("no")),
    (lambda each: each.authenticate("token"), "authenticate_many", InvalidToken("no")),
])
def test_refusal_is_raised_as_itself(batched_calls, ask, method, error):
    batched_calls.answers[method] = lambda _: {"error": serialize(error)}
    with pytest.raises(type(error), match="no"):
        ask(batched_calls)


def test_call_that_is_not_answered_is_raised(batched_calls):
    def fail(_):
        raise Unavailable.of("away", service="auth")

    batched_calls.answers["authenticate_many"] = fail
    with pytest.raises(Unavailable):
        batched_calls.authenticate("token")


def test_kinds_do_not_wait_for_one_another(batched_calls, calls):
    for _ in range(3):
        batched_calls.commands.submit({"command": {}}, lambda answer: None)
    eventlet.spawn(batched_calls.connect, REQUEST)
    eventlet.spawn(batched_calls.authenticate, "token")
    settle()
    assert {name for name, _ in calls} == {"execute_many", "connect_many", "authenticate_many"}
