"""Kinds of players: who becomes what, and that guests are neither rated nor listed."""

import pytest

from accounts.exceptions import CannotBecomeBot


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


def test_kinds_are_told_of_guests_and_bots_alone(service):
    service.become_bot("alice")
    service.create("otter", guest=True)
    asked = ["alice", "bob", "otter", "nobody"]
    assert service.kinds(asked) == {"alice": "bot", "otter": "guest"}


def test_bot_is_rated_but_not_on_the_leaderboard(service, end):
    service.become_bot("alice")
    end({"alice": 1, "bob": 0})
    assert service.get("alice", ["dobutsu"])["ratings"]["dobutsu"]["wins"] == 1
    assert [each["login"] for each in service.leaderboard("dobutsu")["items"]] == ["bob"]


class TestGuests:
    @pytest.fixture
    def service(self, service, outbox):
        service.create("otter", guest=True)
        outbox.forget()
        return service

    def test_guest_is_shown_as_one(self, service):
        shown = service.get("otter")
        assert (shown["kind"], shown["guest"]) == ("guest", True)

    def test_guest_becomes_no_bot(self, service, refused):
        with refused(CannotBecomeBot):
            service.become_bot("otter")

    def test_guests_account_becomes_a_players_and_no_guests_again(self, service, outbox):
        for guest in (True, False, False, True):
            service.create("Otter", guest=guest)
        assert service.get("otter")["kind"] == "player"
        assert outbox.heard == [("account.updated", ())]

    def test_guest_is_not_rated_and_not_on_the_leaderboard(self, service, end):
        end({"otter": 1, "alice": 0})
        assert service.get("otter", ["dobutsu"])["ratings"]["dobutsu"]["games"] == 0
        assert [each["login"] for each in service.leaderboard("dobutsu")["items"]] == ["alice"]
