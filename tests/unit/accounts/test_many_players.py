"""Rated games for more than two: places move ratings, and are counted and shown."""

import pytest

from accounts.glicko2 import Strength
from accounts.plackett_luce import rate_sides

PLAYERS = ("Alice", "bob", "carol", "dave")
NEWCOMER = Strength()


@pytest.fixture
def service(service):
    for login in PLAYERS:
        service.create(login)
    return service


@pytest.fixture
def rank(end):
    """Ends a session in which players took places, perhaps in teams."""

    def rank(places, teams=None, **changes):
        first = [login for login, place in places.items() if place == 1]
        points = 1 if len(first) == 1 else 0.5
        scores = {login: points if login in first else 0 for login in places}
        result = {"by_player": scores, "places": places} | ({"teams": teams} if teams else {})
        return end(scores, game="liar", result=result, **changes)

    return rank


@pytest.fixture
def rating(service):
    """A player's rating, as the account shows it."""
    return lambda login: service.get(login, ["liar"])["ratings"]["liar"]


def shown(strengths):
    return [pytest.approx(each.rating) for each in strengths]


def test_places_move_the_ratings_of_all(rank, rating):
    rank({"Alice": 3, "bob": 1, "carol": 2, "dave": 4})
    expected = rate_sides([[NEWCOMER]] * 4, [3, 1, 2, 4])
    assert [rating(login)["rating"] for login in PLAYERS] == shown(each for [each] in expected)
    won, lost = rating("bob"), rating("Alice")
    assert (won["wins"], won["places"]) == (1, {"1": 1})
    assert (lost["losses"], lost["places"]) == (1, {"3": 1})


def test_each_is_rated_by_what_all_were_before(rank, rating):
    rank({"Alice": 1, "bob": 2, "carol": 3})
    before = [Strength(rating(login)["rating"], rating(login)["deviation"]) for login in PLAYERS]
    rank({"Alice": 2, "bob": 1, "carol": 3, "dave": 4})
    expected = rate_sides([[each] for each in before], [2, 1, 3, 4])
    assert [rating(login)["rating"] for login in PLAYERS] == shown(each for [each] in expected)
    assert rating("Alice")["places"] == {"1": 1, "2": 1} and rating("Alice")["games"] == 2


def test_a_shared_first_place_is_a_draw(rank, rating):
    rank({"Alice": 1, "bob": 1, "carol": 3})
    assert rating("Alice")["draws"] == rating("bob")["draws"] == rating("carol")["losses"] == 1
    assert rating("Alice")["rating"] == pytest.approx(rating("bob")["rating"])


def test_players_of_a_team_are_rated_as_one_side(rank, rating):
    rank(
        {"Alice": 1, "bob": 3, "carol": 1, "dave": 3},
        teams={"Alice": 1, "bob": 2, "carol": 1, "dave": 2},
    )
    won, lost = rate_sides([[NEWCOMER] * 2] * 2, [1, 2])
    assert [rating(login)["rating"] for login in PLAYERS] == shown([won[0], lost[0]] * 2)


def test_a_deleted_player_counts_as_a_newcomer_for_the_others(rank, rating, service):
    service.delete("carol")
    rank({"Alice": 1, "bob": 3, "carol": 2})
    expected = rate_sides([[NEWCOMER]] * 3, [1, 3, 2])
    assert [rating("Alice")["rating"], rating("bob")["rating"]] == shown(
        each for [each] in expected[:2]
    )


@pytest.mark.parametrize("uncounted", [
    {"places": {"Alice": 1, "bob": 2}},
    {"teams": dict.fromkeys(PLAYERS, 1)},
    {"options": {"rated": False}},
], ids=["a place is missing", "all on one side", "unrated"])
def test_uncounted_games_of_many_change_no_rating(rank, rating, uncounted):
    places = uncounted.pop("places", dict(zip(PLAYERS, range(1, 5), strict=True)))
    rank(places, players=list(PLAYERS), **uncounted)
    assert rating("Alice")["games"] == 0


def test_history_and_leaderboard_show_places(rank, service):
    rank({"Alice": 2, "bob": 1, "carol": 3})
    [change] = service.rating_history("bob", "bob", "liar")["items"]
    assert (change["place"], change["players"]) == (1, 3)
    board = service.leaderboard("liar")["items"]
    assert [(line["login"], line["places"]) for line in board] == [
        ("bob", {"1": 1}), ("Alice", {"2": 1}), ("carol", {"3": 1})
    ]
