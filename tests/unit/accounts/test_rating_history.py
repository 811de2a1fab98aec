"""The history of a rating: what it was after each rated game, newest first, page by page."""

import pytest
from sqlalchemy import select

from accounts import storage
from accounts.exceptions import AccountNotFound
from accounts.models import RatingChange
from extensions.clock import timestamp
from extensions.pagination import UnknownCursor, encode_cursor


@pytest.fixture
def service(service):
    for login in ("Alice", "bob", "carol"):
        service.create(login)
    return service


@pytest.fixture
def history(service):
    """A player's whole history, as the player sees it."""
    return lambda login, game="dobutsu": service.rating_history(login, login, game, 100)["items"]


def test_a_rated_game_adds_a_line_to_the_history_of_both(end, history, service, clock):
    end({"Alice": 1, "bob": 0}, session_id="one")
    for login in ("Alice", "bob"):
        now = service.get(login, ["dobutsu"])["ratings"]["dobutsu"]
        assert history(login) == [{
            "at": timestamp(clock()), "session_id": "one",
            "rating": now["rating"], "deviation": now["deviation"], "place": None, "players": None,
        }]


def test_the_newest_comes_first_and_is_what_the_rating_is_now(end, history, service, clock):
    for session_id in ("one", "two", "three"):
        end({"Alice": 1, "bob": 0}, session_id=session_id)
        clock.advance(60)
    lines = history("Alice")
    assert [line["session_id"] for line in lines] == ["three", "two", "one"]
    assert lines[0]["rating"] > lines[1]["rating"] > lines[2]["rating"] > 1500
    assert lines[0]["rating"] == service.get("Alice", ["dobutsu"])["ratings"]["dobutsu"]["rating"]


def test_results_out_of_order_stand_as_they_were_counted(end, history, clock):
    end({"Alice": 1, "bob": 0}, session_id="later")
    end({"Alice": 1, "bob": 0}, session_id="earlier", ended_at=clock() - 60)
    assert [line["session_id"] for line in history("Alice")] == ["earlier", "later"]


def test_a_session_that_is_told_twice_stands_there_once(end, history, service):
    service.count_result(end({"Alice": 1, "bob": 0}))
    assert len(history("Alice")) == len(history("bob")) == 1


@pytest.mark.parametrize(
    "uncounted",
    [{"by_player": {"Alice": 1, "bob": 0}, "rated": False},
     {"by_player": {}, "players": ["Alice", "bob"]}],
    ids=["unrated", "aborted"],
)
def test_sessions_that_move_no_rating_are_not_in_the_history(end, history, uncounted):
    end(**uncounted)
    assert history("Alice") == []


def test_each_game_and_each_player_has_one_of_their_own(end, history):
    end({"Alice": 1, "bob": 0}, game="chess")
    assert history("Alice") == history("carol", "chess") == []
    assert len(history("Alice", "chess")) == 1


def test_each_speed_has_one_and_the_usual_one_is_shown_first(end, service):
    blitz = {"rated": True, "clock": {"initial": 180, "increment": 2}}
    for number in range(3):
        end({"Alice": 1, "bob": 0}, session_id=str(number), options=blitz)
    end({"Alice": 1, "bob": 0}, session_id="slow")
    usual = service.rating_history("Alice", "Alice", "dobutsu", 2)
    assert [line["session_id"] for line in usual["items"]] == ["2", "1"]
    assert usual["speed"] == "blitz"
    rest = service.rating_history("Alice", "Alice", "dobutsu", 2, usual["next"], "blitz")
    assert [line["session_id"] for line in rest["items"]] == ["0"]
    slow = service.rating_history("Alice", "Alice", "dobutsu", speed="classical")
    assert [line["session_id"] for line in slow["items"]] == ["slow"]


def test_others_are_not_told_the_sessions_which_may_be_private(end, service):
    end({"Alice": 1, "bob": 0}, session_id="one")
    [line] = service.rating_history("bob", "alice", "dobutsu")["items"]
    assert line["session_id"] is None and line["rating"] > 1500


def test_a_player_is_found_whatever_the_case(end, service):
    end({"Alice": 1, "bob": 0})
    assert len(service.rating_history("bob", "aLICE", "dobutsu")["items"]) == 1


def test_a_player_who_is_not_there_is_named(service):
    with pytest.raises(AccountNotFound) as refusal:
        service.rating_history("bob", "nobody", "dobutsu")
    assert refusal.value.details == {"login": "nobody"}


def test_the_history_is_deleted_with_the_account(end, service, db):
    end({"Alice": 1, "bob": 0})
    service.delete("alice")
    with db.get_session() as session:
        assert set(session.scalars(select(RatingChange.login))) == {"bob"}


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_show_each_game_once_while_games_are_added(end, service, limit):
    for number in range(5):
        end({"Alice": 1, "bob": 0}, session_id=str(number))
    seen, after = [], None
    while after or not seen:
        page = service.rating_history("Alice", "Alice", "dobutsu", limit, after)
        assert len(page["items"]) <= limit
        seen += [line["session_id"] for line in page["items"]]
        after = page["next"]
        end({"Alice": 1, "carol": 0}, session_id=f"meanwhile {len(seen)}")
    assert seen == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    "name", [
        "rating history of bob at classical dobutsu", "rating history of Alice at classical chess",
        "rating history of Alice at blitz dobutsu",
    ]
)
def test_a_cursor_of_another_list_is_refused(service, name):
    with pytest.raises(UnknownCursor):
        service.rating_history("Alice", "Alice", "dobutsu", after=encode_cursor(name, [1]))


def test_the_oldest_changes_of_a_player_and_game_are_dropped(end, history, monkeypatch):
    monkeypatch.setattr(storage, "MAX_RATING_CHANGES", 3)
    end({"Alice": 1, "bob": 0}, game="chess")
    end({"bob": 1, "carol": 0}, session_id="of bob")
    end({"Alice": 1, "bob": 0}, options={"rated": True, "clock": {"days": 1}})
    for number in range(5):
        end({"Alice": 1, "carol": 0}, session_id=str(number))
    assert [line["session_id"] for line in history("Alice")] == ["4", "3", "2"]
    assert [line["session_id"] for line in history("bob")] == ["of bob"]
    assert len(history("Alice", "chess")) == 1
