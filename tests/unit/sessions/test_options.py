"""The options of a game: completed, or refused with the path of what is wrong."""

from typing import Literal

import pytest
from pydantic import BaseModel

from arbiter_games.dobutsu import Dobutsu
from sessions.exceptions import InvalidOptions
from sessions.options import complete, seats

DEFAULTS = {"clock": None, "rated": True}


class OwnOptions(BaseModel):
    """Options laxer than the protocol, as an author may write them."""

    size: int = 9
    handicap: Literal["none", "lion"] = "none"


class WithOptions(Dobutsu):
    Options = OwnOptions
    max_players = 4


DOBUTSU, OTHER = Dobutsu(), WithOptions()


def wrong(options, game=DOBUTSU):
    """Return the paths of all errors."""
    with pytest.raises(InvalidOptions) as caught:
        complete(game, options)
    errors = caught.value.details["errors"]
    assert all(set(each) == {"path", "message"} for each in errors)
    assert str(caught.value).startswith(errors[0]["path"])
    return [each["path"] for each in errors]


@pytest.mark.parametrize("options", [{}, {"clock": None}, {"rated": None}, DEFAULTS], ids=str)
def test_the_defaults_are_no_clock_and_rated(options):
    assert complete(DOBUTSU, options) == DEFAULTS


def test_given_options_are_kept():
    options = {"clock": {"initial": 300, "increment": 2.5}, "rated": False}
    assert complete(DOBUTSU, options) == options


@pytest.mark.parametrize(
    ("initial", "increment"), [(1, 0), (10_800, 180), (1.5, 0.5), (60, 1)]
)
def test_a_clock_within_its_limits_is_accepted(initial, increment):
    clock = {"initial": initial, "increment": increment}
    assert complete(DOBUTSU, {"clock": clock})["clock"] == clock


@pytest.mark.parametrize("clock", [
    {"initial": 0, "period": 30, "periods": 5}, {"initial": 300, "delay": 5},
    {"initial": 300, "bronstein": 5}, {"days": 14, "vacation": 30},
], ids=str)
def test_a_clock_of_each_other_kind_is_accepted(clock):
    assert complete(DOBUTSU, {"clock": clock})["clock"] == clock


def test_days_have_no_vacation_by_default():
    assert complete(DOBUTSU, {"clock": {"days": 3}})["clock"] == {"days": 3, "vacation": 0}


def test_whole_seconds_are_the_same_as_integers():
    one = complete(DOBUTSU, {"clock": {"initial": 300, "increment": 0}})
    other = complete(DOBUTSU, {"clock": {"increment": 0.0, "initial": 300.0}})
    assert repr(one["clock"]["initial"]) == repr(other["clock"]["initial"])
    assert repr(one["clock"]["increment"]) == repr(other["clock"]["increment"])


@pytest.mark.parametrize(
    ("clock", "paths"),
    [
        ({"initial": 0.5, "increment": 0}, ["options.clock.initial"]),
        ({"initial": 10_801, "increment": 0}, ["options.clock.initial"]),
        ({"initial": 60, "increment": -1}, ["options.clock.increment"]),
        ({"initial": 60, "period": 0.5}, ["options.clock.period", "options.clock.periods"]),
        ({"initial": 60, "delay": 5, "period": 5, "periods": 2}, ["options.clock.delay"]),
        ({"initial": 60, "bronstein": 0}, ["options.clock.bronstein"]),
        ({"days": 15, "vacation": 31}, ["options.clock.days", "options.clock.vacation"]),
        ({"days": 1.5}, ["options.clock.days"]),
        ({"initial": 60, "increment": 181}, ["options.clock.increment"]),
        ({"initial": "60", "increment": 0}, ["options.clock.initial"]),
        ({"initial": True, "increment": False}, ["options.clock.initial",
                                                 "options.clock.increment"]),
        ({"initial": float("inf"), "increment": 0}, ["options.clock.initial"]),
        ({"initial": 10**400, "increment": 0}, ["options.clock.initial"]),
        ({"initial": 60}, ["options.clock.increment"]),
        ({"increment": 0}, ["options.clock.initial"]),
        ({"initial": 60, "increment": None}, ["options.clock.increment"]),
        ({}, ["options.clock.initial", "options.clock.increment"]),
        ({"initial": 60, "increment": 0, "delay": 1}, ["options.clock.delay"]),
        ("blitz", ["options.clock"]),
        (60, ["options.clock"]),
        ([60, 0], ["options.clock"]),
    ],
    ids=str,
)
def test_a_wrong_clock_is_refused_with_its_path(clock, paths):
    assert wrong({"clock": clock}) == paths


@pytest.mark.parametrize("rated", ["yes", "true", 1, 0, [], {}])
def test_rated_is_a_boolean(rated):
    assert wrong({"rated": rated}) == ["options.rated"]


@pytest.mark.parametrize("name", ["handicap", "Rated", "", "é", "a.b"])
def test_unknown_options_are_refused(name):
    assert wrong({name: 1}) == [f"options.{name}"]


def test_an_unknown_option_of_null_is_ignored():
    assert complete(DOBUTSU, {"handicap": None}) == DEFAULTS


def test_the_options_of_the_game_are_completed():
    assert complete(OTHER, {"size": 13, "rated": False}) == {
        "clock": None, "rated": False, "size": 13, "handicap": "none"
    }


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"size": "13"}, "options.size"), ({"handicap": "hen"}, "options.handicap"),
        ({"surprise": 1}, "options.surprise"),
    ],
    ids=str,
)
def test_the_options_of_the_game_are_checked_strictly(options, path):
    assert wrong(options, OTHER) == [path]


def test_all_errors_are_reported_at_once():
    assert sorted(wrong({"rated": 1, "size": "x", "surprise": 1}, OTHER)) == [
        "options.rated", "options.size", "options.surprise"
    ]


@pytest.mark.parametrize("name", ["clock", "from"])
def test_option_that_is_no_object_is_refused_in_plain_words(name):
    with pytest.raises(InvalidOptions) as caught:
        complete(DOBUTSU, {name: "300+2"})
    [error] = caught.value.details["errors"]
    assert error == {"path": f"options.{name}", "message": "Input should be an object"}


def test_deeply_nested_values_are_only_wrong():
    value = 1
    for _ in range(100):
        value = {"a": value}
    assert wrong({"clock": value})
    assert wrong({"handicap": value}) == ["options.handicap"]


class TestSeats:
    @pytest.mark.parametrize(
        ("game", "wanted", "given"), [(DOBUTSU, None, 2), (DOBUTSU, 2, 2), (OTHER, None, 2),
                                      (OTHER, 3, 3), (OTHER, 4, 4)]
    )
    def test_seats_default_to_the_fewest_players(self, game, wanted, given):
        assert seats(game, wanted) == given

    @pytest.mark.parametrize("wanted", [-1, 0, 1, 5, 10**300])
    @pytest.mark.parametrize(("game", "played_by"), [(DOBUTSU, "2"), (OTHER, "2 to 4")])
    def test_other_numbers_of_seats_are_refused(self, game, played_by, wanted):
        with pytest.raises(InvalidOptions) as caught:
            seats(game, wanted)
        [error] = caught.value.details["errors"]
        assert error == {"path": "seats", "message": f"{game.title} is played by {played_by}"}
