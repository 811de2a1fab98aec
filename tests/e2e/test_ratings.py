"""Effects of rated games: ratings, the leaderboard, and whom a search matches."""

import time

import pytest

from tests.e2e.playing import RESIGN, begin, both_move
from tests.stack import eventually


@pytest.fixture
def rated(two_players):
    """A winner and a loser of one rated game, once it has been counted."""
    winner, loser = two_players
    session_id = begin(winner, loser)
    both_move(winner, loser, session_id)
    loser.command(session_id, RESIGN)
    eventually(lambda: games(winner) == 1, what="the result")
    return winner, loser


def games(player):
    return rating(player)["games"]


def by_speed(player):
    return player.call("accounts.get")["ratings_by_speed"]["dobutsu"]


def rating(player):
    return player.call("accounts.get")["ratings"]["dobutsu"]


def test_a_rated_game_moves_both_ratings(rated):
    winner, loser = rated
    won, lost = rating(winner), rating(loser)
    assert won["rating"] > 1500 > lost["rating"]
    assert won["rating"] - 1500 == pytest.approx(1500 - lost["rating"])
    assert (won["wins"], won["losses"], lost["wins"], lost["losses"]) == (1, 0, 0, 1)
    assert won["deviation"] < 350 and lost["deviation"] < 350


def test_a_rating_history_hides_sessions_from_others(rated):
    winner, loser = rated
    own = winner.call("accounts.rating_history")
    [change] = own["items"]
    assert change["rating"] == rating(winner)["rating"] and own["next"] is None
    assert winner.call("sessions.get", session_id=change["session_id"])["status"] == "ended"
    [seen] = loser.call("accounts.rating_history", login=winner.login)["items"]
    assert seen == {**change, "session_id": None}


def test_a_bullet_game_leaves_the_other_speeds_alone(rated, rpc):
    winner, loser = rated
    bullet = {"clock": {"initial": 60, "increment": 0}}
    room = winner.call("rooms.create", options=bullet)
    session_id = loser.call("rooms.join", room_id=room["room_id"])["session_id"]
    for player in rated:
        player.connect(session_id)
    both_move(winner, loser, session_id)
    winner.command(session_id, RESIGN)
    eventually(lambda: "bullet" in by_speed(loser), what="the result")
    assert by_speed(loser)["bullet"]["wins"] == by_speed(loser)["classical"]["losses"] == 1
    assert rpc("accounts.leaderboard", speed="bullet")["items"][0]["login"] == loser.login
    history = winner.call("accounts.rating_history", speed="bullet")
    assert [change["session_id"] for change in history["items"]] == [session_id]


def test_an_unrated_game_moves_none(two_players):
    one, other = two_players
    room = one.call("rooms.create", options={"rated": False})
    session_id = other.call("rooms.join", room_id=room["room_id"])["session_id"]
    for player in two_players:
        player.connect(session_id)
    both_move(one, other, session_id)
    one.command(session_id, RESIGN)
    # Results are counted one after the other: with the next one, nothing has come of this.
    session_id = begin(one, other)
    both_move(one, other, session_id)
    other.command(session_id, RESIGN)
    eventually(lambda: rating(one)["wins"] == 1, what="the next result")
    assert games(one) == games(other) == 1


def test_the_leaderboard_has_who_has_played_the_best_first(rated, rpc):
    winner, loser = rated
    items, after = [], None
    while True:
        page = rpc("accounts.leaderboard", limit=1, after=after)
        items += page["items"]
        if (after := page["next"]) is None:
            break
    order = [each["login"] for each in items]
    assert order.index(winner.login) < order.index(loser.login)
    assert [each["rating"] for each in items] == sorted(
        (each["rating"] for each in items), reverse=True
    )
    assert all(each["provisional"] for each in items if each["games"] == 1)


def test_a_search_widens_until_it_meets_who_is_far_away(stack, rated):
    winner, loser = rated
    distance = rating(winner)["rating"] - rating(loser)["rating"]
    assert distance > 200
    with stack.given("searcher", SEARCH_WIDENING=5):
        started = time.monotonic()
        assert winner.call("searcher.start")["status"] == "searching"
        loser.call("searcher.start")
        found = winner.wait_for("searcher.opponent_found")
        assert time.monotonic() - started > 2.5  # when it reaches 200 points
    assert found["opponent"] == loser.login


def test_a_rating_range_is_never_widened(stack, rated):
    winner, loser = rated
    with stack.given("searcher", SEARCH_WIDENING=1, SEARCH_EXPIRY=4):
        winner.call("searcher.start", rating_range=50)
        loser.call("searcher.start")
        assert winner.wait_for("searcher.expired")["waited"] >= 3
    assert [event["method"] for event in loser.events if "found" in event["method"]] == []
