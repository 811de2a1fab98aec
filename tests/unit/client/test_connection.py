"""A client that is given a turn comes again by itself; any other refusal is its caller's."""

import pytest

from client import Client, Refused, connection


def refusal(kind, **details):
    return {"code": -32007, "message": "no", "data": {"type": kind, **details}}


class Answering(Client):
    """A client without a server: it is answered one after the other."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def _call(self, method, params):
        answer = self.answers.pop(0)
        if isinstance(answer, dict):
            raise Refused(answer)
        return answer


@pytest.fixture
def slept(monkeypatch):
    slept = []
    monkeypatch.setattr(connection.time, "sleep", slept.append)
    return slept


def test_client_waits_for_its_turn_and_calls_again(slept):
    turns = [refusal("Unavailable", service="broker", retry_after=each) for each in (0.5, 2.0)]
    assert Answering(*turns, "done").call("auth.authenticate") == "done"
    assert slept == [0.5, 2.0]


@pytest.mark.parametrize("error", [
    refusal("Unavailable", service="auth"), refusal("RateLimited", retry_after=0.5),
    refusal("Unavailable", service="broker", retry_after=2 * connection.MAX_TURN_SECONDS),
])
def test_other_refusals_are_raised(slept, error):
    with pytest.raises(Refused):
        Answering(error).call("auth.authenticate")
    assert slept == []
