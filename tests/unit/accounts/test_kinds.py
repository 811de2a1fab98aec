"""Kinds of players: an account becomes a bot's for good, before it has played as a person."""

import pytest

from accounts.exceptions import CannotBecomeBot
from accounts.models import Account


@pytest.fixture
def service(service):
    for login in ("alice", "bob"):
        service.create(login)
    return service


def test_account_becomes_a_bot_and_that_is_announced_once(service, outbox):
    outbox.forget()
    assert service.become_bot("ALICE") == service.become_bot("alice") == service.get("alice")
    assert service.get("alice")["kind"] == "bot"
    assert service.get("bob")["kind"] == "player"
    assert [each["login"] for each in outbox.hear("account.updated")] == ["alice"]


def test_a_player_with_a_finished_rated_game_becomes_no_bot(service, end, refused):
    end({"alice": 1, "bob": 0}, rated=False)
    service.become_bot("alice")
    end({"alice": 1, "bob": 0}, game="chess")
    with refused(CannotBecomeBot):
        service.become_bot("bob")
    assert service.become_bot("alice")["kind"] == "bot"


def test_guest_becomes_no_bot(service, db, clock, refused):
    with db.get_session() as session:
        session.add(Account(login="guest", display_name="guest", created_at=0.0, kind="guest"))
    assert service.get("guest")["guest"]
    with refused(CannotBecomeBot):
        service.become_bot("guest")


def test_bot_is_marked_on_the_leaderboard(service, end):
    service.become_bot("alice")
    end({"alice": 1, "bob": 0})
    assert [each["kind"] for each in service.leaderboard("dobutsu")["items"]] == ["bot", "player"]
