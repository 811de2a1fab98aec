"""Calls to services: one that is not answered is Unavailable, and refusals are passed on."""

import pytest
from nameko.exceptions import (
    IncorrectSignature,
    MethodNotFound,
    RemoteError,
    RpcTimeout,
    UnknownService,
)

from extensions.errors import CallLost
from gateway.broker.services import Service
from gateway.protocol.errors import Unavailable
from sessions.exceptions import SessionNotFound


class Proxy:
    """A service that answers, or raises, what its test says."""

    def __init__(self):
        self.answer = "answer"
        self.asked = []

    def get(self, *arguments, **named):
        self.asked.append((arguments, named))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def submit(self, method, arguments, on_outcome):
        self.asked.append((method, arguments))
        on_outcome(self.answer)


@pytest.fixture
def proxy():
    return Proxy()


@pytest.fixture
def service(proxy):
    return Service("sessions", proxy)


def test_call_is_passed_on_unchanged(service, proxy):
    assert service.get("s1", viewer="alice") == "answer"
    assert proxy.asked == [(("s1",), {"viewer": "alice"})]


@pytest.mark.parametrize(
    "error",
    [
        RpcTimeout(5), UnknownService("sessions"), OSError("gone"), CallLost("gone"),
        ConnectionResetError(), TimeoutError(), RemoteError("CallLost", "gone"),
        MethodNotFound("later"), IncorrectSignature("later"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_unanswered_call_is_unavailable(service, proxy, error):
    proxy.answer = error
    with pytest.raises(Unavailable) as caught:
        service.get("s1")
    assert caught.value.details == {"service": "sessions"}
    outcomes = []
    service.submit("get", "s1", outcomes.append)
    assert [each.details for each in outcomes] == [{"service": "sessions"}]


@pytest.mark.parametrize(
    "error", [SessionNotFound("no"), RemoteError("KeyError", "x"), ValueError("no")],
    ids=lambda error: type(error).__name__,
)
def test_other_errors_are_passed_on_unchanged(service, proxy, error):
    proxy.answer = error
    with pytest.raises(type(error)) as caught:
        service.get("s1")
    assert caught.value is error
    outcomes = []
    service.submit("get", "s1", outcomes.append)
    assert outcomes == [error]


def test_submitted_call_is_passed_on_with_its_result(service, proxy):
    outcomes = []
    service.submit("get", "s1", outcomes.append)
    assert proxy.asked == [("get", ("s1",))] and outcomes == ["answer"]
