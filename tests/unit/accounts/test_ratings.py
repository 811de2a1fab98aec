"""Results of rated games move the players' ratings, each session's once."""

import pytest
from sqlalchemy import select

from accounts.glicko2 import IDLE_PERIOD_SECONDS, Strength, rate
from accounts.models import CountedSession, Rating
from accounts.result_counter import COUNTED_SESSIONS_KEPT_SECONDS

NEWCOMER = Strength()
UNPLAYED = {
    "speed": None, "rating": 1500, "deviation": 350,
    "games": 0, "wins": 0, "draws": 0, "losses": 0, "places": {},
}
PLAYED = {**UNPLAYED, "speed": "classical"}
GAMES = ["dobutsu", "chess"]
BULLET = {"initial": 60, "increment": 0}


@pytest.fixture
def service(service):
    for login in ("alice", "bob", "carol"):
        service.create(login)
    return service


@pytest.fixture
def rating(service):
    """A player's rating at a game, as the account shows it."""
    return lambda login, game="dobutsu": service.get(login, GAMES)["ratings"][game]


def shown(strength):
    return {
        "rating": pytest.approx(strength.rating), "deviation": pytest.approx(strength.deviation)
    }


@pytest.mark.parametrize(
    ("scores", "counted"),
    [
        ((1, 0), ({"wins": 1}, {"losses": 1})),
        ((0, 1), ({"losses": 1}, {"wins": 1})),
        ((0.5, 0.5), ({"draws": 1}, {"draws": 1})),
    ],
)
def test_a_rated_game_moves_both_players(end, rating, scores, counted):
    end(dict(zip(("alice", "bob"), scores, strict=True)))
    for login, score, how in zip(("alice", "bob"), scores, counted, strict=True):
        expected = rate(NEWCOMER, [(NEWCOMER, score)])
        assert rating(login) == {**PLAYED, **shown(expected), "games": 1, **how}


def test_both_are_rated_by_what_they_were_before_the_game(end, rating):
    end({"alice": 1, "bob": 0})
    alice, bob = rate(NEWCOMER, [(NEWCOMER, 1)]), rate(NEWCOMER, [(NEWCOMER, 0)])
    end({"bob": 1, "alice": 0})
    assert rating("alice")["rating"] == pytest.approx(rate(alice, [(bob, 0)]).rating)
    assert rating("bob")["rating"] == pytest.approx(rate(bob, [(alice, 1)]).rating)
    assert rating("alice")["games"] == rating("bob")["games"] == 2


def test_players_who_have_not_played_keep_their_rating(end, rating):
    end({"alice": 1, "bob": 0})
    assert rating("carol") == UNPLAYED


def test_each_game_has_ratings_of_its_own(end, rating):
    end({"alice": 1, "bob": 0}, game="chess")
    assert rating("alice", "dobutsu") == UNPLAYED
    assert rating("alice", "chess")["wins"] == 1


def test_each_speed_has_ratings_of_its_own(end, service):
    for _ in range(2):
        end({"alice": 0, "bob": 1}, options={"rated": True, "clock": BULLET})
    end({"alice": 1, "bob": 0}, options={"rated": True, "clock": {"days": 1, "vacation": 0}})
    end({"alice": 1, "bob": 0}, game="chess")
    account = service.get("alice", GAMES)
    by_speed = account["ratings_by_speed"]["dobutsu"]
    assert {speed: each["speed"] for speed, each in by_speed.items()} == {
        "bullet": "bullet", "days": "days"
    }
    assert by_speed["bullet"]["losses"] == 2 and by_speed["days"]["wins"] == 1
    assert by_speed["days"]["rating"] == pytest.approx(rate(NEWCOMER, [(NEWCOMER, 1)]).rating)
    assert account["ratings"]["dobutsu"] == by_speed["bullet"]  # which was played most


def test_a_result_from_before_there_were_clocks_is_classical(end, rating):
    end({"alice": 1, "bob": 0}, options={"rated": True})
    assert rating("alice")["speed"] == "classical"


@pytest.mark.parametrize(
    "uncounted",
    [
        {"by_player": {"alice": 1, "bob": 0}, "rated": False},
        {"by_player": {}, "players": ["alice", "bob"]},
        {"by_player": {"alice": 1, "bob": 0, "carol": 0}},
        {"by_player": {"alice": 1}},
        {"by_player": {"alice": 1, "bob": 0}, "players": ["alice", "carol"]},
    ],
    ids=["unrated", "aborted", "of three without places", "of one", "of others"],
)
def test_uncounted_games_change_no_rating(end, rating, db, uncounted):
    end(**uncounted)
    assert rating("alice") == rating("bob") == UNPLAYED
    with db.get_session() as session:
        assert session.scalars(select(CountedSession)).all() == []


def test_a_session_counts_once_however_often_it_is_told(end, rating, service):
    message = end({"alice": 1, "bob": 0})
    once = rating("alice"), rating("bob")
    end({"bob": 1, "carol": 0})
    after = rating("bob")
    service.count_result(message)
    assert rating("alice") == once[0]
    assert rating("bob") == after


def test_a_result_not_stored_is_counted_when_it_comes_again(end, rating, service, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(Rating, "update", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            end({"alice": 1, "bob": 0}, session_id="one")
    assert rating("alice") == UNPLAYED
    end({"alice": 1, "bob": 0}, session_id="one")
    assert rating("alice")["wins"] == rating("bob")["losses"] == 1


@pytest.mark.parametrize(
    "message",
    [
        None, 7, [], {}, {"params": None}, {"params": {}}, "session.result",
        {"params": {"session_id": "one"}},
    ],
)
def test_a_message_that_is_no_result_is_refused(service, message):
    with pytest.raises(ValueError, match="validation errors"):
        service.count_result(message)


@pytest.mark.parametrize(
    "wrong",
    [
        {"session_id": 1}, {"session_id": "x" * 33}, {"game": "g" * 65}, {"options": {}},
        {"options": {"rated": True, "clock": {"initial": "60"}}},
        {"result": {"by_player": {"alice": "1", "bob": "0"}}},
        {"result": {"by_player": {"alice": 2, "bob": -1}}},
        {"players": ["x" * 21, "bob"]}, {"ended_at": None}, {"ended_at": float("nan")},
    ],
)
def test_a_malformed_result_is_refused_and_moves_nothing(end, rating, wrong):
    with pytest.raises(ValueError, match="validation errors"):
        end(**{"by_player": {"alice": 1, "bob": 0}, **wrong})
    assert rating("alice") == UNPLAYED


@pytest.mark.parametrize("before", [True, False])
def test_a_deleted_player_counts_as_a_newcomer_for_the_other(end, rating, service, before):
    if before:  # as known to have played, or not
        end({"bob": 1, "carol": 0})
    service.delete("bob")
    end({"alice": 1, "bob": 0})
    assert rating("alice") == {
        **PLAYED, **shown(rate(NEWCOMER, [(NEWCOMER, 1)])), "games": 1, "wins": 1
    }


def test_a_game_of_two_who_are_gone_leaves_nothing(end, service, db):
    for login in ("alice", "bob"):
        service.delete(login)
    end({"alice": 1, "bob": 0})
    with db.get_session() as session:
        assert session.scalars(select(Rating)).all() == []


def test_the_deviation_grows_with_time_without_a_game(end, rating, clock):
    end({"alice": 1, "bob": 0})
    at_once = rating("alice")
    clock.advance(IDLE_PERIOD_SECONDS - 1)
    assert rating("alice") == at_once
    clock.advance(100 * IDLE_PERIOD_SECONDS)
    later = rating("alice")
    assert later["deviation"] > at_once["deviation"]
    assert {**later, "deviation": at_once["deviation"]} == at_once


def test_a_game_after_idle_time_is_rated_by_the_grown_deviation(end, rating, clock):
    for _ in range(20):
        end({"alice": 0.5, "bob": 0.5})
    clock.advance(200 * IDLE_PERIOD_SECONDS)
    before = Strength(1500, rating("alice")["deviation"])
    end({"alice": 1, "bob": 0})
    after = rate(before, [(before, 1)])
    assert rating("alice")["rating"] == pytest.approx(after.rating, abs=0.01)


def test_a_result_that_comes_out_of_order_makes_nobody_idle(end, rating, clock, db):
    end({"alice": 1, "bob": 0})
    end({"alice": 1, "bob": 0}, ended_at=clock() - IDLE_PERIOD_SECONDS)
    with db.get_session() as session:
        assert session.get(Rating, ("alice", "dobutsu", "classical")).rated_at == clock()


def test_counted_sessions_are_forgotten_long_after(end, service, db, clock):
    end({"alice": 1, "bob": 0}, session_id="old")
    clock.advance(COUNTED_SESSIONS_KEPT_SECONDS)
    end({"alice": 1, "bob": 0}, session_id="new")
    clock.advance(1)
    service.forget_counted()
    with db.get_session() as session:
        assert session.scalars(select(CountedSession.session_id)).all() == ["new"]
