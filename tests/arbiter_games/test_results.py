"""How an outcome is told: winners, points, places, scores and teams by player."""

import pytest

from arbiter_games import results
from arbiter_games.contract import Outcome

TWO, FOUR = ["ann", "bob"], ["ann", "bob", "cat", "dan"]


@pytest.mark.parametrize(("outcome", "expected"), [
    (Outcome(1, "caught"),
     {"winner": "bob", "reason": "caught", "by_player": {"ann": 0, "bob": 1}}),
    (Outcome(None, "drawn"),
     {"winner": None, "reason": "drawn", "by_player": {"ann": 0.5, "bob": 0.5}}),
    (Outcome(0, "points", scores=(7, 4.5)),
     {"winner": "ann", "reason": "points", "by_player": {"ann": 1, "bob": 0},
      "places": {"ann": 1, "bob": 2}, "scores": {"ann": 7, "bob": 4.5}}),
])
def test_two_have_places_only_where_the_game_gives_them(outcome, expected):
    assert results.of_outcome(TWO, outcome) == expected


@pytest.mark.parametrize(("outcome", "places", "points"), [
    (Outcome(2, "won"), [2, 2, 1, 2], [0, 0, 1, 0]),
    (Outcome(None, "drawn"), [1, 1, 1, 1], [0.5, 0.5, 0.5, 0.5]),
    (Outcome(1, "won", places=[2, 1, 2, 3]), [2, 1, 2, 4], [0, 1, 0, 0]),
    (Outcome(None, "shared", places=[1, 1, 2, 3]), [1, 1, 3, 4], [0.5, 0.5, 0, 0]),
    (Outcome(3, "won", scores=[3, 5, 3, 9]), [3, 2, 3, 1], [0, 0, 0, 1]),
    (Outcome(0, "won", places=[1, 2, 1, 2], teams=[0, 1, 0, 1]), [1, 3, 1, 3], [1, 0, 1, 0]),
])
def test_each_of_more_has_a_place(outcome, places, points):
    told = results.of_outcome(FOUR, outcome)
    assert list(told["places"].values()) == places
    assert list(told["by_player"].values()) == points
    assert list(told.get("teams", {}).values()) == list(outcome.teams or ())
