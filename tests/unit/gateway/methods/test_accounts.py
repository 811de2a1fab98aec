"""Profiles and ratings, and the deletion of an account at all services."""

import pytest

from accounts.exceptions import AccountNotFound
from auth.exceptions import InvalidCredentials
from gateway.protocol.errors import Unavailable
from searcher.exceptions import SearchNotStarted

PASSWORD = "correct horse"
ACCOUNT = {
    "login": "alice", "display_name": "alice", "bio": "", "kind": "player", "guest": False,
    "created_at": "2023-11-14T22:13:20.000Z", "ratings": {}, "ratings_by_speed": {},
}


def test_own_account_is_returned_if_no_login_is_given(call, services):
    services.accounts.get.return_value = ACCOUNT
    call("accounts.get", "alice")
    services.accounts.get.assert_called_once_with("alice", ["dobutsu"])


@pytest.mark.parametrize("login", ["bob", ""])
def test_any_given_login_is_looked_up(refused, services, login):
    services.accounts.get.side_effect = AccountNotFound.of("no", login=login)
    assert refused("accounts.get", "alice", login=login) == "AccountNotFound"
    services.accounts.get.assert_called_once_with(login, ["dobutsu"])


def test_only_what_is_given_is_changed(call, services):
    services.accounts.update.return_value = ACCOUNT
    call("accounts.update", "alice", bio="", display_name=None)
    services.accounts.update.assert_called_once_with("alice", {"bio": ""}, ["dobutsu"])


@pytest.mark.parametrize(("given", "asked"), [({}, "alice"), ({"login": "bob"}, "bob")])
def test_rating_history_is_ones_own_if_no_login_is_given(call, services, given, asked):
    services.accounts.rating_history.return_value = {"items": [], "next": None, "speed": "blitz"}
    call("accounts.rating_history", "alice", **given)
    services.accounts.rating_history.assert_called_once_with(
        "alice", asked, "dobutsu", 50, None, speed=None
    )


@pytest.mark.parametrize("method", ["accounts.leaderboard", "accounts.rating_history"])
def test_unknown_game_is_refused(refused, method):
    assert refused(method, "alice", game="tafl") == "GameNotFound"


@pytest.mark.parametrize("outcome", [None, SearchNotStarted.of("none")])
def test_search_of_a_player_who_becomes_a_bot_ends(call, services, outcome):
    services.accounts.become_bot.return_value = ACCOUNT | {"kind": "bot"}
    services.searcher.stop.side_effect = [outcome]
    assert call("accounts.become_bot", "alice")["kind"] == "bot"
    services.searcher.stop.assert_called_once_with("alice")


class TestDelete:
    STEPS = [
        ("auth", "verify_password"), ("searcher", "stop"), ("private_rooms", "leave_all"),
        ("rooms", "leave_all"), ("sessions", "resign_all"), ("accounts", "delete"),
        ("auth", "unregister"), ("accounts", "delete"),
    ]

    @pytest.fixture
    def steps(self, services):
        """The calls that were made, in order."""
        steps = []
        for service, method in self.STEPS:
            mock = getattr(getattr(services, service), method)
            mock.side_effect = lambda *_, step=(service, method): steps.append(step)
        return steps

    def test_login_is_removed_last_and_the_account_once_more(self, call, steps):
        assert call("accounts.delete", "alice", password=PASSWORD) == {}
        assert steps == self.STEPS

    def test_failure_after_the_login_is_removed_is_ignored(self, call, services, steps):
        services.accounts.delete.side_effect = [None, Unavailable.of("no", service="accounts")]
        assert call("accounts.delete", "alice", password=PASSWORD) == {}
        assert services.accounts.delete.call_count == 2

    def test_wrong_password_changes_nothing(self, refused, services, steps):
        services.auth.verify_password.side_effect = InvalidCredentials("no")
        assert refused("accounts.delete", "alice", password="x") == "InvalidCredentials"
        assert steps == []

    def test_player_without_a_search_can_be_deleted(self, call, services, steps):
        services.searcher.stop.side_effect = SearchNotStarted("no")
        call("accounts.delete", "alice", password=PASSWORD)
        assert steps == [each for each in self.STEPS if each != ("searcher", "stop")]

    @pytest.mark.parametrize(("service", "method"), STEPS[1:-2])
    def test_password_remains_valid_after_a_failure(
        self, refused, services, steps, service, method
    ):
        getattr(getattr(services, service), method).side_effect = Unavailable.of("no")
        assert refused("accounts.delete", "alice", password=PASSWORD) == "Unavailable"
        assert ("auth", "unregister") not in steps
