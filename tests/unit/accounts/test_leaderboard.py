"""The leaderboard: who has played a rated game, best first, page by page."""

import pytest

from accounts.glicko2 import IDLE_PERIOD_SECONDS
from accounts.models import Rating
from extensions.pagination import UnknownCursor, encode_cursor


@pytest.fixture
def rated(service, db, clock):
    """Makes players with a rating."""

    def add(login, rating=1500.0, deviation=80.0, game="dobutsu", speed="classical"):
        service.create(login)
        row = Rating(
            login=login, game=game, speed=speed, rating=rating, deviation=deviation,
            wins=2, draws=1, losses=3, rated_at=clock(),
        )
        with db.get_session() as session:
            session.add(row)

    return add


def logins(page):
    return [each["login"] for each in page["items"]]


def test_a_line_of_it(service, rated):
    rated("Alice", 1612.5, 81.25)
    service.update("Alice", {"display_name": "Alice A."})
    assert service.leaderboard("dobutsu") == {
        "items": [
            {
                "login": "Alice", "display_name": "Alice A.", "kind": "player",
                "rating": 1612.5, "deviation": 81.25, "games": 6, "provisional": False,
                "places": {},
            }
        ],
        "next": None,
    }


def test_the_best_come_first(service, rated):
    for login, rating in (("ann", 1500), ("ben", 1700), ("cyd", 1300)):
        rated(login, rating)
    assert logins(service.leaderboard("dobutsu")) == ["ben", "ann", "cyd"]


def test_players_without_rated_games_are_not_on_the_leaderboard(service, rated):
    service.create("ann")
    rated("ben", game="chess")
    rated("cyd", speed="bullet")
    assert service.leaderboard("dobutsu") == {"items": [], "next": None}


def test_each_speed_has_a_leaderboard_of_its_own(service, rated):
    rated("ann", speed="bullet")
    rated("ben", speed="blitz")
    assert logins(service.leaderboard("dobutsu", speed="blitz")) == ["ben"]


def test_a_deleted_account_is_off_it(service, rated):
    rated("ann")
    rated("ben")
    service.delete("ANN")
    assert logins(service.leaderboard("dobutsu")) == ["ben"]


@pytest.mark.parametrize(("deviation", "provisional"), [(110.0, False), (110.1, True)])
def test_a_rating_is_provisional_while_the_deviation_is_over_110(
    service, rated, deviation, provisional
):
    rated("ann", deviation=deviation)
    assert service.leaderboard("dobutsu")["items"][0]["provisional"] is provisional


def test_a_rating_idle_for_over_a_year_is_provisional_again(service, rated, clock):
    rated("ann", deviation=60.0)
    clock.advance(80 * IDLE_PERIOD_SECONDS)
    [line] = service.leaderboard("dobutsu")["items"]
    assert line["provisional"] and line["deviation"] > 110


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 100])
def test_pages_show_everybody_once_whatever_is_level(service, rated, limit):
    for login, rating in (
        ("ann", 1500.1), ("ben", 1500.1), ("cyd", 1700.3), ("dan", 1500.1), ("eve", 1400.7)
    ):
        rated(login, rating)
    seen, after = [], None
    while after or not seen:
        page = service.leaderboard("dobutsu", limit, after)
        assert len(page["items"]) <= limit
        seen += logins(page)
        after = page["next"]
    assert seen == ["cyd", "ann", "ben", "dan", "eve"]


def test_a_page_that_is_just_full_has_no_next(service, rated):
    rated("ann")
    assert service.leaderboard("dobutsu", limit=1)["next"] is None


@pytest.mark.parametrize("list_name", [
    "accounts", "classical leaderboard of chess", "blitz leaderboard of dobutsu"
])
def test_a_cursor_of_another_list_is_refused(service, rated, list_name):
    with pytest.raises(UnknownCursor):
        service.leaderboard("dobutsu", after=encode_cursor(list_name, [1500.0, "ann"]))
