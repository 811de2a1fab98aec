"""Glicko-2 by the paper's own numbers, and what must hold of any rating."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.glicko2 import DAY_SECONDS, IDLE_PERIOD_SECONDS, Strength, after_idling, rate

YEAR = 365 * DAY_SECONDS
strengths = st.builds(
    Strength,
    rating=st.floats(100, 3500), deviation=st.floats(30, 350), volatility=st.floats(0.03, 0.12),
)
scores = st.sampled_from([0, 0.5, 1])


def test_the_papers_worked_example():
    opponents = [Strength(1400, 30), Strength(1550, 100), Strength(1700, 300)]
    after = rate(Strength(1500, 200, 0.06), list(zip(opponents, [1, 0, 0], strict=True)))
    # The paper rounds in between, and comes to 1464.06.
    assert after.rating == pytest.approx(1464.06, abs=0.011)
    assert after.deviation == pytest.approx(151.52, abs=0.005)
    assert after.volatility == pytest.approx(0.05999, abs=0.00001)


@pytest.mark.parametrize(
    ("score", "rating"), [(1, 1662.31), (0.5, 1500.00), (0, 1337.69)]
)
def test_a_first_game_between_newcomers(score, rating):
    after = rate(Strength(), [(Strength(), score)])
    assert after.rating == pytest.approx(rating, abs=0.005)
    assert after.deviation == pytest.approx(290.32, abs=0.005)
    assert after.volatility == pytest.approx(0.06, abs=0.00001)


def test_results_that_astonish_make_a_player_more_erratic():
    weak, strong = Strength(1000, 50), Strength(2000, 50)
    assert rate(strong, [(weak, 0)] * 3).volatility > strong.volatility
    assert rate(weak, [(strong, 1)] * 3).volatility > weak.volatility
    assert rate(strong, [(weak, 1)] * 3).volatility < strong.volatility


def test_the_deviation_after_many_games_is_about_60_points():
    one = other = Strength()
    for number in range(200):
        score = number % 2
        one, other = rate(one, [(other, score)]), rate(other, [(one, 1 - score)])
    assert one.deviation == pytest.approx(60, abs=2)


@given(strengths, strengths)
def test_a_win_never_costs_points_and_a_loss_never_gains_any(player, opponent):
    won, drawn, lost = (rate(player, [(opponent, score)]).rating for score in (1, 0.5, 0))
    assert won >= player.rating >= lost
    assert won >= drawn >= lost


@given(strengths, strengths, scores)
def test_equal_players_win_what_the_other_loses(player, opponent, score):
    opponent = Strength(player.rating, player.deviation, player.volatility)
    gained = rate(player, [(opponent, score)]).rating - player.rating
    lost = player.rating - rate(opponent, [(player, 1 - score)]).rating
    assert gained == pytest.approx(lost, abs=1e-6)


@given(strengths, strengths, scores)
def test_an_uncertain_rating_moves_farther_than_a_certain_one(player, opponent, score):
    known = Strength(player.rating, 40, player.volatility)
    unknown = Strength(player.rating, 350, player.volatility)
    moves = [
        abs(rate(each, [(opponent, score)]).rating - each.rating) for each in (known, unknown)
    ]
    assert moves[0] <= moves[1] + 1e-9  # they are rounded


@given(strengths, strengths, scores)
def test_a_game_leaves_every_number_sound(player, opponent, score):
    after = rate(player, [(opponent, score)])
    assert 0 < after.deviation < 360
    assert 0.01 < after.volatility < 0.5
    assert abs(after.rating - player.rating) < 1000


def test_a_year_without_games_widens_the_deviation_to_110():
    assert after_idling(Strength(1500, 60), YEAR).deviation == pytest.approx(110, abs=0.5)


@given(strengths, st.floats(0, 100 * YEAR))
def test_idle_time_changes_the_deviation_alone_up_to_a_newcomers(player, seconds):
    after = after_idling(player, seconds)
    assert (after.rating, after.volatility) == (player.rating, player.volatility)
    assert player.deviation <= after.deviation <= 350
    assert after_idling(player, 10_000 * YEAR).deviation == 350


@pytest.mark.parametrize("seconds", [-YEAR, 0, 1, IDLE_PERIOD_SECONDS - 1])
def test_the_deviation_grows_by_whole_periods(seconds):
    assert after_idling(Strength(1500, 60), seconds) == Strength(1500, 60)
    assert after_idling(Strength(1500, 60), IDLE_PERIOD_SECONDS + 1).deviation > 60
