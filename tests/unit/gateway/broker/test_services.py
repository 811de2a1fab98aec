"""The services as handlers call them: who does not answer is Unavailable, refusals come through."""

import pytest
from kombu.exceptions import OperationalError
from nameko.exceptions import RemoteError, RpcTimeout, UnknownService

from gateway.broker.services import Games, Service
from gateway.protocol.errors import Unavailable
from sessions.exceptions import GameNotFound, SessionNotFound

GAMES = [{"name": "dobutsu"}, {"name": "chess"}]


class Proxy:
    """A service that answers, or raises, what it is told to."""

    def __init__(self):
        self.answer = "answer"
        self.asked = []

    def get(self, *arguments, **named):
        self.asked.append((arguments, named))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    games = get


@pytest.fixture
def proxy():
    return Proxy()


@pytest.fixture
def service(proxy):
    return Service("sessions", proxy)


def test_a_call_goes_through_as_it_is(service, proxy):
    assert service.get("s1", viewer="alice") == "answer"
    assert proxy.asked == [(("s1",), {"viewer": "alice"})]


@pytest.mark.parametrize(
    "error",
    [
        RpcTimeout(5), UnknownService("sessions"), OSError("gone"), OperationalError("gone"),
        ConnectionResetError(), TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_who_does_not_answer_is_unavailable(service, proxy, error):
    proxy.answer = error
    with pytest.raises(Unavailable) as caught:
        service.get("s1")
    assert caught.value.details == {"service": "sessions"}


@pytest.mark.parametrize(
    "error", [SessionNotFound("no"), RemoteError("KeyError", "x"), ValueError("no")],
    ids=lambda error: type(error).__name__,
)
def test_any_other_error_comes_through_as_it_is(service, proxy, error):
    proxy.answer = error
    with pytest.raises(type(error)) as caught:
        service.get("s1")
    assert caught.value is error


class TestGames:
    @pytest.fixture
    def games(self, proxy, service):
        proxy.answer = GAMES
        return Games(type("Services", (), {"sessions": service}))

    def test_are_asked_for_once_for_a_while(self, games, proxy):
        assert [games.all(), games.all()] == [GAMES, GAMES]
        assert games.names() == ["dobutsu", "chess"]
        assert len(proxy.asked) == 1

    def test_one_that_there_is_can_be_required_and_none_at_all(self, games):
        games.require("chess")
        games.require(None)

    def test_one_that_there_is_not_is_refused(self, games):
        with pytest.raises(GameNotFound) as caught:
            games.require("tafl")
        assert caught.value.details == {"game": "tafl"}

    def test_where_they_were_never_told_they_are_unavailable(self, games, proxy):
        proxy.answer = RpcTimeout(5)
        with pytest.raises(Unavailable):
            games.all()
