"""Ratings of games for many, by the published examples of openskill."""

import pytest
from openskill.models import PlackettLuce

from accounts.glicko2 import Strength
from accounts.plackett_luce import MODEL, rate_sides

NEWCOMER = Strength()
WITHOUT_TAU = PlackettLuce(tau=1e-12)  # as the examples of openskill.js


def of_openskill(mu, sigma):
    """Return the strength of a rating on the library's scale."""
    return Strength(1500 + 42 * (mu - 25), 42 * sigma)


def shown(strengths):
    return [(pytest.approx(each.rating), pytest.approx(each.deviation)) for each in strengths]


def test_newcomer_is_the_librarys():
    assert shown([NEWCOMER]) == shown([of_openskill(MODEL.mu, MODEL.sigma)])


def test_two_teams_of_newcomers_as_in_the_librarys_readme():
    won, lost = rate_sides([[NEWCOMER] * 2] * 2, [1, 2])
    assert shown(won) == shown([of_openskill(26.964294621803063, 8.177962604389991)] * 2)
    assert shown(lost) == shown([of_openskill(23.035705378196937, 8.177962604389991)] * 2)


def test_unlike_teams_as_in_the_readme_of_openskill_js():
    sides = [
        [of_openskill(25, 25 / 3), of_openskill(32.444, 5.123)],
        [of_openskill(43.381, 2.421), of_openskill(25.188, 6.211)],
    ]
    one, other = rate_sides(sides, [1, 2], WITHOUT_TAU)
    assert shown(one) == shown([
        of_openskill(28.669648436582808, 8.071520788025197),
        of_openskill(33.83086971107981, 5.062772998705765),
    ])
    assert shown(other) == shown([
        of_openskill(43.071274808241974, 2.4166900452721256),
        of_openskill(23.149503312339064, 6.1378606973362135),
    ])


def test_better_places_gain_more_in_whatever_order_they_are_told():
    places = [3, 1, 4, 2]
    rated = [side[0].rating for side in rate_sides([[NEWCOMER]] * 4, places)]
    ranked = [rating for _, rating in sorted(zip(places, rated, strict=True))]
    assert ranked == sorted(rated, reverse=True)
    assert ranked[0] > ranked[1] > 1500 > ranked[3]
    assert sum(rated) == pytest.approx(4 * 1500)


def test_equal_places_of_equals_are_a_tie():
    first, other, last = (side[0] for side in rate_sides([[NEWCOMER]] * 3, [1, 1, 3]))
    assert first.rating == pytest.approx(other.rating) and first.rating > 1500 > last.rating


def test_volatility_is_kept_and_certainty_grows():
    player = Strength(1800, 90, 0.05)
    [[after], *_] = rate_sides([[player], [NEWCOMER], [NEWCOMER]], [3, 1, 2])
    assert after.volatility == 0.05 and after.rating < 1800
    assert all(each.deviation < 350 for [each] in rate_sides([[NEWCOMER]] * 3, [1, 2, 3]))
