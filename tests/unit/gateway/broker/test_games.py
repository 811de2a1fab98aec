"""The games of the server, cached for a while."""

import pytest

from gateway.broker import games as module
from gateway.broker.games import CACHE_SECONDS, MISSING_GAME_CACHE_SECONDS, Games
from gateway.protocol.errors import Unavailable
from sessions.exceptions import GameNotFound
from tests.unit.fakes import SettableClock

GAMES = [{"name": "dobutsu", "min_players": 2}, {"name": "chess", "min_players": 2}]


@pytest.fixture
def clock(monkeypatch):
    clock = SettableClock(1000.0)
    monkeypatch.setattr(module.time, "monotonic", clock)
    return clock


@pytest.fixture
def games(services, clock):
    services.sessions.games.return_value = GAMES
    return Games(services.sessions, {})


def test_games_are_fetched_once_for_a_while(games, services, clock):
    assert [games.all(), games.all()] == [GAMES, GAMES]
    assert games.names() == ["dobutsu", "chess"]
    assert services.sessions.games.call_count == 1
    clock.advance(CACHE_SECONDS + 1)
    games.all()
    assert services.sessions.games.call_count == 2


@pytest.mark.parametrize("name", ["chess", None])
def test_known_game_or_none_can_be_required(games, name):
    games.require(name)


def test_unknown_game_is_refused(games):
    with pytest.raises(GameNotFound) as caught:
        games.require("tafl")
    assert caught.value.details == {"game": "tafl"}


def test_new_game_is_found_before_the_cache_expires(games, services, clock):
    games.all()
    services.sessions.games.return_value = [*GAMES, {"name": "tafl"}]
    clock.advance(MISSING_GAME_CACHE_SECONDS + 1)
    games.require("tafl")


def test_known_games_are_kept_while_the_service_is_away(games, services, clock):
    games.all()
    services.sessions.games.side_effect = Unavailable.of("no", service="sessions")
    clock.advance(CACHE_SECONDS + 1)
    assert games.all() == GAMES


def test_games_that_were_never_known_are_unavailable(games, services):
    services.sessions.games.side_effect = Unavailable.of("no", service="sessions")
    with pytest.raises(Unavailable):
        games.all()
