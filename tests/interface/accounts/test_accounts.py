"""The accounts service's entrypoints, and what it announces."""

import pytest

from accounts import events
from accounts.exceptions import AccountNotFound
from accounts.service import AccountsService
from extensions.pagination import UnknownCursor

UNRATED = {
    "speed": None, "rating": 1500, "deviation": 350,
    "games": 0, "wins": 0, "draws": 0, "losses": 0, "places": {},
}


@pytest.fixture
def accounts(containers, cluster):
    containers(AccountsService)
    return cluster.accounts


@pytest.fixture
def alice(accounts):
    accounts.create("Alice")


@pytest.fixture
def ear(accounts, tap):
    return tap(events.EXCHANGE)


def test_a_new_account_has_its_login_as_name_and_new_ratings(accounts, alice):
    account = accounts.get("Alice", ["dobutsu", "chess"])
    assert account.pop("created_at").endswith("Z")
    assert account == {
        "login": "Alice", "display_name": "Alice", "bio": "", "kind": "player", "guest": False,
        "ratings": {"dobutsu": UNRATED, "chess": UNRATED}, "ratings_by_speed": {},
    }


def test_an_account_is_found_whatever_the_case(accounts, alice):
    assert accounts.get("aLICE")["login"] == "Alice"


def test_an_account_that_is_not_there_is_named(accounts, ear):
    with pytest.raises(AccountNotFound) as refusal:
        accounts.get("nobody")
    assert refusal.value.details == {"login": "nobody"}
    assert "nobody" in str(refusal.value)


def test_an_account_created_twice_is_announced_once(accounts, ear):
    accounts.create("Alice")
    heard = ear.next()
    assert (heard.event, heard.routing_key) == ("account.created", "account.Alice")
    assert set(heard.params) == {"login", "at"} and heard.params["login"] == "Alice"
    assert heard.copies == []
    accounts.create("ALICE")
    assert ear.rest() == []


def test_a_change_is_answered_and_announced(accounts, alice, ear):
    account = accounts.update("alice", {"display_name": "Alice A.", "bio": "plays"}, ["dobutsu"])
    assert (account["display_name"], account["bio"]) == ("Alice A.", "plays")
    assert accounts.get("Alice", ["dobutsu"]) == account
    heard = ear.next()
    assert (heard.event, heard.routing_key) == ("account.updated", "account.Alice")
    assert heard.params["login"] == "Alice"


def test_fields_left_out_of_an_update_stay(accounts, alice):
    accounts.update("Alice", {"bio": "plays"})
    account = accounts.update("Alice", {"display_name": "A."})
    assert (account["display_name"], account["bio"]) == ("A.", "plays")


def test_nothing_is_announced_of_a_change_that_was_refused(accounts, ear):
    with pytest.raises(AccountNotFound):
        accounts.update("nobody", {"bio": "plays"})
    assert ear.rest() == []


def test_a_deleted_account_is_gone_and_announced_once(accounts, alice, ear):
    accounts.delete("alice")
    heard = ear.next()
    assert (heard.event, heard.routing_key) == ("account.deleted", "account.Alice")
    with pytest.raises(AccountNotFound):
        accounts.get("Alice")
    accounts.delete("Alice")
    assert ear.rest() == []


def test_existing_accounts_of_many_are_answered(accounts, alice):
    accounts.create("bob")
    assert set(accounts.get_many(["alice", "BOB", "nobody"])) == {"Alice", "bob"}


def test_all_accounts_are_listed_by_pages(accounts):
    logins = ["Ann", "ben", "Cyd", "dan", "Eve"]
    for login in reversed(logins):
        accounts.create(login)
    pages, after = [], None
    while after or not pages:
        answer = accounts.list(limit=2, after=after)
        pages.append([each["login"] for each in answer["items"]])
        after = answer["next"]
    assert pages == [["Ann", "ben"], ["Cyd", "dan"], ["Eve"]]


def test_a_cursor_that_no_list_has_given_is_refused(accounts):
    with pytest.raises(UnknownCursor):
        accounts.list(after="made up")
