"""Players' profiles: created once, found whatever the case, listed by pages, deleted for good."""

import pytest

from accounts import storage
from accounts.exceptions import AccountNotFound
from extensions.pagination import UnknownCursor, encode_cursor

UNPLAYED = {
    "speed": None, "rating": 1500, "deviation": 350,
    "games": 0, "wins": 0, "draws": 0, "losses": 0, "places": {},
}


@pytest.fixture
def alice(service, outbox):
    service.create("Alice")
    outbox.forget()


def logins(page):
    return [account["login"] for account in page["items"]]


def test_a_new_account_shows_its_login_and_is_announced(service, outbox):
    service.create("Alice")
    assert service.get("Alice") == {
        "login": "Alice", "display_name": "Alice", "bio": "", "kind": "player",
        "guest": False, "created_at": "2023-11-14T22:13:20.000Z", "ratings": {},
        "ratings_by_speed": {},
    }
    assert outbox.hear("account.created") == [
        {"login": "Alice", "at": "2023-11-14T22:13:20.000Z"}
    ]


def test_announcements_of_accounts_go_to_no_connection(service, outbox):
    service.create("Alice")
    service.update("Alice", {"bio": "Hello"})
    service.delete("Alice")
    assert outbox.heard == [
        ("account.created", ()), ("account.updated", ()), ("account.deleted", ())
    ]


@pytest.mark.parametrize("login", ["Alice", "ALICE"])
def test_creating_an_account_again_changes_nothing(service, alice, silent, login):
    service.update("Alice", {"bio": "Hello"})
    with silent():
        service.create(login)
    assert service.get(login)["login"] == "Alice"
    assert service.get(login)["bio"] == "Hello"


def test_an_account_that_two_instances_create_is_announced_once(
    service, alice, outbox, monkeypatch
):
    monkeypatch.setattr(storage, "find", lambda session, login: None)  # it was not there yet
    service.create("Alice")
    assert outbox.sent == []


def test_an_account_is_found_in_any_case(service, alice):
    assert service.get("aLiCe")["login"] == "Alice"


def test_an_account_has_a_rating_for_each_game_asked_for(service, alice):
    ratings = service.get("Alice", ["dobutsu", "chess"])["ratings"]
    assert ratings == {"dobutsu": UNPLAYED, "chess": UNPLAYED}


def test_an_unknown_account_is_not_found(service, refused):
    with refused(AccountNotFound) as caught:
        service.get("nobody")
    assert caught.value.details == {"login": "nobody"}


def test_many_are_got_at_once_and_the_unknown_left_out(service, alice):
    service.create("bob")
    found = service.get_many(["ALICE", "bob", "nobody"], ["dobutsu"])
    assert sorted(found) == ["Alice", "bob"]
    assert found["bob"]["ratings"] == {"dobutsu": UNPLAYED}


@pytest.mark.parametrize(
    ("changes", "display_name", "bio"),
    [
        ({"display_name": "A."}, "A.", ""),
        ({"bio": "Hello"}, "Alice", "Hello"),
        ({"display_name": "A.", "bio": "Hello"}, "A.", "Hello"),
        ({}, "Alice", ""),
    ],
)
def test_an_update_changes_what_is_given_and_leaves_the_rest(
    service, alice, changes, display_name, bio
):
    answer = service.update("Alice", changes, ["dobutsu"])
    assert (answer["display_name"], answer["bio"]) == (display_name, bio)
    assert service.get("Alice", ["dobutsu"]) == answer


def test_an_unknown_account_is_not_updated(service, refused):
    with refused(AccountNotFound):
        service.update("nobody", {"bio": "Hello"})


def test_a_deleted_account_is_gone_and_that_is_announced(service, alice, outbox):
    service.delete("ALICE")
    assert [params["login"] for params in outbox.hear("account.deleted")] == ["Alice"]
    with pytest.raises(AccountNotFound):
        service.get("Alice")
    assert service.list()["items"] == []


def test_deleting_again_changes_nothing(service, alice, silent):
    service.delete("Alice")
    with silent():
        service.delete("Alice")


def test_accounts_are_listed_page_by_page_each_once(service):
    for login in ["delta", "Bravo", "alpha", "Charlie", "echo"]:
        service.create(login)
    first = service.list(limit=2)
    second = service.list(limit=2, after=first["next"])
    third = service.list(limit=2, after=second["next"])
    assert [logins(page) for page in (first, second, third)] == [
        ["alpha", "Bravo"], ["Charlie", "delta"], ["echo"]
    ]
    assert third["next"] is None


def test_a_page_that_is_just_full_has_no_next(service, alice):
    assert service.list(limit=1)["next"] is None


@pytest.mark.parametrize("after", ["", "nonsense", encode_cursor("rooms", ["alice"])])
def test_a_cursor_that_this_list_has_not_given_is_refused(service, alice, refused, after):
    with refused(UnknownCursor):
        service.list(after=after)


def test_a_ping_is_answered_with_the_problems(service):
    assert service.ping()["problems"] is service.problems.return_value
