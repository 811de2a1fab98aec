"""Whom a player follows and blocks, and who is online to whom."""

import pytest

from accounts import contacts
from accounts.exceptions import AccountNotFound, OwnAccount, TooManyBlocked, TooManyFollowed
from arbiter_games.speeds import SPEEDS

LEASE_SECONDS = 15


@pytest.fixture(autouse=True)
def players(service, outbox):
    for login in ("Alice", "Bob", "carol", "dave"):
        service.create(login)
    outbox.forget()


@pytest.fixture
def connect(service):
    """Makes these players the ones who are connected to a gateway."""
    numbers = {}

    def connect(*logins, gateway="g1", left=()):
        numbers[gateway] = numbers.get(gateway, 0) + 1
        return service.renew_presence(gateway, numbers[gateway], logins, left)

    return connect


def online(service, viewer, **asked):
    return [each["login"] for each in service.online(viewer, **asked)["items"]]


def listed(page):
    return [(each["login"], each["online"]) for each in page["items"]]


@pytest.mark.parametrize("method", [
    "opponent", "relation", "follow", "unfollow", "block", "unblock",
])
def test_nobody_and_oneself_are_refused(service, refused, method):
    for login, error in (("aLICE", OwnAccount), ("nobody", AccountNotFound)):
        with refused(error):
            getattr(service, method)("Alice", login)


def test_opponent_is_found_in_any_case(service):
    assert service.opponent("Alice", "bOB") == {"login": "Bob", "has_blocked": False}
    service.block("Bob", "alice")
    assert service.opponent("Alice", "bob") == {"login": "Bob", "has_blocked": True}
    assert service.opponent("Bob", "alice") == {"login": "Alice", "has_blocked": False}


def test_search_goes_by_the_rating_and_whom_the_player_blocks(service, end):
    unrated = dict.fromkeys(SPEEDS, 1500.0)
    assert service.seeker("Alice", "dobutsu") == {
        "kind": "player", "rating": 1500, "ratings": unrated, "blocks": []
    }
    service.block("Alice", "bob")
    end({"Alice": 1.0, "carol": 0.0}, options={"rated": True, "clock": {"days": 1}})
    found = service.seeker("Alice", "dobutsu")
    assert (found["rating"] > 1500, found["blocks"]) == (True, ["Bob"])
    assert found["ratings"] == {**unrated, "days": found["rating"]}
    with pytest.raises(AccountNotFound):
        service.seeker("nobody", "dobutsu")


@pytest.mark.parametrize(("add", "remove", "listing"), [
    ("follow", "unfollow", "following"), ("block", "unblock", "blocked"),
])
def test_list_is_added_to_and_taken_from_once(service, add, remove, listing):
    for login in ("bOB", "dave", "carol", "Bob"):
        getattr(service, add)("Alice", login)
    first = getattr(service, listing)("Alice", limit=2)
    assert first["items"][0] == {
        "login": "Bob", "display_name": "Bob", "kind": "player", "online": False
    }
    second = getattr(service, listing)("Alice", limit=2, after=first["next"])
    shown = [each["login"] for each in first["items"] + second["items"]]
    assert (shown, second["next"]) == (["Bob", "carol", "dave"], None)
    for _ in range(2):
        getattr(service, remove)("Alice", "bob")
    assert [each["login"] for each in getattr(service, listing)("Alice")["items"]] == [
        "carol", "dave"
    ]
    assert getattr(service, listing)("Bob")["items"] == []


@pytest.mark.parametrize(("add", "bound", "error"), [
    ("follow", "MAX_FOLLOWED", TooManyFollowed), ("block", "MAX_BLOCKED", TooManyBlocked),
])
def test_list_has_a_bound(service, monkeypatch, refused, add, bound, error):
    monkeypatch.setattr(contacts, bound, 2)
    for login in ("Bob", "carol"):
        getattr(service, add)("Alice", login)
    with refused(error) as caught:
        getattr(service, add)("Alice", "dave")
    assert caught.value.details == {"most": 2}
    getattr(service, add)("Alice", "carol")  # who is on it, so that asking again is answered alike


def test_relation_says_what_one_has_done_to_the_other(service, connect):
    connect("Bob", "carol")
    service.follow("Alice", "bob")
    service.block("Alice", "carol")
    service.follow("carol", "alice")
    assert service.relation("Alice", "BOB") == {
        "login": "Bob", "online": True, "follows": True, "blocks": False
    }
    assert service.relation("Alice", "carol") == {
        "login": "carol", "online": False, "follows": False, "blocks": True
    }
    assert service.relation("carol", "alice") == {
        "login": "Alice", "online": False, "follows": True, "blocks": False
    }


def test_blocked_player_is_followed_no_more_and_is_not_told(service, connect):
    connect("Alice", "Bob")
    service.follow("Alice", "Bob")
    service.follow("Bob", "Alice")
    service.block("Alice", "Bob")
    assert service.following("Alice")["items"] == []
    assert listed(service.following("Bob")) == [("Alice", False)]
    assert online(service, "Alice") == online(service, "Bob") == []
    assert online(service, "carol") == ["Alice", "Bob"]
    assert service.contacts("Bob", ["Alice"])[0]["online"] is False


@pytest.mark.parametrize("kind", [None, "bot"])
@pytest.mark.parametrize(("blocker", "blocked"), [("Bob", "Alice"), ("Alice", "Bob")])
def test_pages_do_not_tell_that_a_blocked_one_is_online(service, connect, kind, blocker, blocked):
    if kind == "bot":
        service.become_bot("Bob")
        service.become_bot("carol")
    service.block(blocker, blocked)
    connect("carol")
    before = service.online("Alice", kind=kind, limit=1)
    connect("Bob")
    assert service.online("Alice", kind=kind, limit=1) == before
    assert [each["login"] for each in before["items"]] == ["carol"]


def test_deleted_player_is_on_no_list(service):
    service.follow("Alice", "Bob")
    service.block("carol", "Bob")
    service.block("Bob", "carol")
    service.delete("Bob")
    assert service.following("Alice")["items"] == service.blocked("carol")["items"] == []
    service.create("Bob")
    assert service.blocked("Bob")["items"] == []


def test_players_of_all_gateways_are_online_once(service, connect):
    connect("Bob", "carol")
    connect("Bob", "dave", gateway="g2")
    assert online(service, "Alice") == ["Bob", "carol", "dave"]
    first = service.online("Alice", limit=2)
    assert online(service, "Alice", after=first["next"]) == ["dave"]
    connect(left=["Bob", "carol"])
    assert online(service, "Alice") == ["Bob", "dave"]


def test_bots_are_listed_by_their_kind(service, connect):
    service.become_bot("carol")
    connect("Bob", "carol")
    assert online(service, "Alice", kind="bot") == ["carol"]
    assert online(service, "Alice", kind="player") == ["Bob"]


def test_contacts_are_in_the_order_asked_for_without_the_unknown(service, connect):
    connect("Bob")
    shown = service.contacts("Alice", ["dave", "nobody", "Bob"])
    assert [(each["login"], each["online"]) for each in shown] == [("dave", False), ("Bob", True)]


def test_nobody_is_online_by_a_gateway_that_is_lost(service, connect, clock):
    connect("Bob")
    clock.advance(LEASE_SECONDS - 1)
    assert connect()
    clock.advance(LEASE_SECONDS + 1)
    assert online(service, "Alice") == []
    assert connect()  # its players are still known
    assert online(service, "Alice") == ["Bob"]
    clock.advance(LEASE_SECONDS + 1)
    service.drop_lost_gateways()
    assert not connect()
    assert online(service, "Alice") == []


def test_gateway_that_is_new_need_not_tell_again(service, connect):
    assert connect("Bob")


def test_renewal_that_is_served_late_changes_nothing(service):
    service.renew_presence("g1", 1, ["Bob"], [])
    service.renew_presence("g1", 3, [], ["Bob"])
    assert service.renew_presence("g1", 2, ["Bob"], [])
    assert online(service, "Alice") == []


def test_arrival_that_is_told_twice_counts_once(service, connect):
    connect("Bob")
    connect("Bob")
    assert online(service, "Alice") == ["Bob"]
