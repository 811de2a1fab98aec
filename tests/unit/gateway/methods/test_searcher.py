"""Searches by HTTP and on a connection."""

import eventlet
import pytest

from accounts.exceptions import AccountNotFound
from gateway.protocol import registry

CRITERIA = {
    "game": "dobutsu", "options": {}, "rating": 1600.0, "rating_range": 50, "guest": False,
    "avoids": ["mallory"],
}
SEEKER = {
    "kind": "player", "rating": 1600.0, "ratings": {"blitz": 1700.0, "classical": 1600.0},
    "blocks": ["mallory"],
}


@pytest.fixture(autouse=True)
def known(services):
    services.accounts.seeker.return_value = SEEKER
    services.searcher.start.return_value = {"status": "searching"}


def test_search_uses_the_rating_of_the_account(call, services):
    call("searcher.start", "alice", rating_range=50)
    services.searcher.start.assert_called_once_with("alice", **CRITERIA)


@pytest.mark.parametrize(("clock", "rating"), [
    ({"initial": 180, "increment": 2}, 1700.0), (None, 1600.0),
    ({"initial": "180"}, 1600.0), (7, 1600.0),  # which will be refused
])
def test_search_goes_by_the_rating_at_its_speed(call, services, clock, rating):
    call("searcher.start", "alice", options={"clock": clock})
    assert services.searcher.start.call_args.kwargs["rating"] == rating


def test_search_on_a_socket_belongs_to_its_connection(call, services, connect):
    connection = connect("alice")
    assert call("searcher.start", connection=connection, rating_range=50) == {
        "status": "searching"
    }
    services.searcher.start.assert_called_once_with(
        "alice", connection_id=connection.id, **CRITERIA
    )


def test_seats_are_sent_where_they_are_not_two(call, services):
    call("searcher.start", "alice", rating_range=50, seats=3)
    services.searcher.start.assert_called_once_with("alice", **CRITERIA, seats=3)


def test_fewest_seats_are_searched_for_where_none_are_given(call, services):
    services.sessions.games.return_value = [{"name": "dobutsu", "min_players": 4}]
    call("searcher.start", "alice", rating_range=50)
    services.searcher.start.assert_called_once_with("alice", **CRITERIA, seats=4)


def test_nobody_searches_for_nobody(call, refused, services):
    services.sessions.games.return_value = [{"name": "dobutsu", "min_players": 1}]
    call("searcher.start", "alice", rating_range=50)
    services.searcher.start.assert_called_once_with("alice", **CRITERIA)
    assert refused("searcher.start", "alice", seats=1) == "InvalidParams"


def test_bot_does_not_search(refused, services):
    services.accounts.seeker.return_value = SEEKER | {"kind": "bot"}
    assert refused("searcher.start", "alice") == "BotNotAllowed"
    services.searcher.start.assert_not_called()


def test_starts_and_stops_are_served_in_order_of_arrival(call, services, connect):
    connection, served = connect("alice"), []

    def account(*_):
        for _ in range(5):
            eventlet.sleep(0)  # other requests are served in the meantime
        return SEEKER

    def start(*_, **__):
        served.append("searcher.start")
        return {"status": "searching"}

    services.accounts.seeker.side_effect = account
    services.searcher.start.side_effect = start
    services.searcher.stop.side_effect = lambda _: served.append("searcher.stop")
    arrived = ["searcher.start", "searcher.stop"] * 3
    serving = [eventlet.spawn(call, method, connection=connection) for method in arrived]
    for each in serving:
        each.wait()
    assert served == arrived


def test_refused_start_blocks_no_stop(call, refused, services, connect):
    connection = connect("alice")
    services.accounts.seeker.side_effect = AccountNotFound.of("no", login="alice")
    assert refused("searcher.start", connection=connection) == "AccountNotFound"
    assert call("searcher.stop", connection=connection) == {}


def test_player_without_an_account_is_refused_as_documented(refused, services):
    services.accounts.seeker.side_effect = AccountNotFound.of("no", login="alice")
    assert refused("searcher.start", "alice") == "AccountNotFound"
    assert AccountNotFound in registry.METHODS["searcher.start"].errors


def test_unknown_game_is_refused_before_any_call(refused, services):
    assert refused("searcher.start", "alice", game="tafl") == "GameNotFound"
    assert not services.accounts.seeker.called
