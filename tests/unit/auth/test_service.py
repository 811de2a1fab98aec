"""Logging in, and whose a token is and for how long."""

import pytest

from auth.exceptions import InvalidCredentials, InvalidToken
from tests.unit.auth.support import OTHER_PASSWORD, PASSWORD, away, remove

GOOD, ENDED = {"ended": False, "guest": False}, {"ended": True, "guest": False}


class TestLogin:
    @pytest.mark.parametrize("login", ["Alice", "alice"])
    def test_a_login_in_any_case_is_shown_as_registered(self, service, alice, login):
        answer = service.login(login, PASSWORD)
        assert answer["login"] == "Alice"
        assert service.authenticate(answer["access_token"])["login"] == "Alice"

    def test_begins_a_new_family_of_tokens(self, service, alice):
        again = service.login("Alice", PASSWORD)
        families = [
            service.authenticate(each["access_token"])["family"] for each in (alice, again)
        ]
        assert families[0] != families[1]

    def test_a_login_does_not_end_the_tokens_of_the_last_one(self, service, alice):
        service.login("Alice", PASSWORD)
        assert service.authenticate(alice["access_token"])

    def test_unknown_login_and_wrong_password_cannot_be_told_apart(
        self, service, alice, passwords, refused
    ):
        said, verified = [], []
        for login, password in [("Alice", "wrong password"), ("nobody", PASSWORD)]:
            passwords.verified.clear()
            with refused(InvalidCredentials) as caught:
                service.login(login, password)
            said.append(caught.value.args)
            verified.append(len(passwords.verified))
        assert said[0] == said[1]
        assert verified == [1, 1]

    @pytest.mark.parametrize("login", ["", "'\\ud800'", "with space", "x" * 64])
    def test_a_login_of_a_form_that_nobody_has_is_just_unknown(self, service, refused, login):
        with refused(InvalidCredentials):
            service.login(login, PASSWORD)


class TestAuthenticate:
    def test_a_token_is_good_until_its_time_is_up(self, service, alice, clock):
        clock.advance(899)
        assert service.authenticate(alice["access_token"])
        clock.advance(1)
        with pytest.raises(InvalidToken):
            service.authenticate(alice["access_token"])

    def test_a_refresh_token_is_no_access_token(self, service, alice, refused):
        with refused(InvalidToken):
            service.authenticate(alice["refresh_token"])

    @pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "\ud800", "é", None, 5])
    def test_text_that_is_no_token_is_refused(self, service, refused, token):
        with refused(InvalidToken):
            service.authenticate(token)

    def test_a_token_of_somebody_who_is_not_there_is_refused(self, service, alice, refused):
        remove(service, "Alice")
        with refused(InvalidToken):
            service.authenticate(alice["access_token"])

    def test_a_token_does_not_outlive_its_login_registered_again(self, service, alice):
        remove(service, "Alice")
        service.register("Alice", PASSWORD)
        with pytest.raises(InvalidToken):
            service.authenticate(alice["access_token"])


class TestAuthenticateMany:
    @pytest.fixture
    def told(self, service):
        """What is answered of each token: an identity, or the name of an error."""

        def told(*access_tokens):
            answers = service.authenticate_many(list(access_tokens))
            return [
                each["error"]["exc_type"] if "error" in each else each["result"]
                for each in answers
            ]

        return told

    def test_each_token_is_answered_by_itself(self, service, told, alice):
        bob = service.register("Bob", PASSWORD)
        assert told(bob["access_token"], "nonsense", alice["access_token"]) == [
            service.authenticate(bob["access_token"]), "InvalidToken",
            service.authenticate(alice["access_token"]),
        ]

    @pytest.mark.parametrize("token", ["", "a.b.c", "\ud800", None, 5])
    def test_text_that_is_no_token_is_refused(self, told, token):
        assert told(token) == ["InvalidToken"]

    def test_a_refresh_token_is_no_access_token(self, told, alice):
        assert told(alice["refresh_token"]) == ["InvalidToken"]

    def test_a_token_is_good_until_its_time_is_up(self, told, alice, clock):
        clock.advance(900)
        assert told(alice["access_token"]) == ["InvalidToken"]

    @pytest.mark.parametrize("end", [
        lambda service, identity: service.logout("Alice", identity["family"]),
        lambda service, _: service.change_password("Alice", PASSWORD, OTHER_PASSWORD),
        lambda service, _: service.unregister("Alice", PASSWORD),
        lambda service, _: remove(service, "Alice"),
    ], ids=["logged out", "changed", "unregistered", "removed"])
    def test_a_revoked_token_is_refused_and_no_other(self, service, told, alice, end):
        bob = service.register("Bob", PASSWORD)
        end(service, service.authenticate(alice["access_token"]))
        refused, good = told(alice["access_token"], bob["access_token"])
        assert refused == "InvalidToken" and good["login"] == "Bob"


class TestLoginStates:
    @pytest.fixture
    def asked(self, service, alice):
        """Alice's login, as a gateway asks of it."""
        identity = service.authenticate(alice["access_token"])
        return identity["login"], identity["family"], identity["fingerprint"]

    def test_a_valid_family_has_not_ended(self, service, asked):
        assert service.login_states([asked]) == [GOOD]

    def test_a_logged_out_family_alone_has_ended(self, service, asked):
        other = service.authenticate(service.login("Alice", PASSWORD)["access_token"])
        service.logout(*asked[:2])
        known = [asked, ("Alice", other["family"], asked[2])]
        assert service.login_states(known) == [ENDED, GOOD]

    @pytest.mark.parametrize("ending", [
        lambda service: service.change_password("Alice", PASSWORD, OTHER_PASSWORD),
        lambda service: service.unregister("Alice", PASSWORD),
        lambda service: remove(service, "Alice"),
    ], ids=["changed", "unregistered", "removed"])
    def test_a_family_of_a_replaced_password_has_ended(self, service, asked, monkeypatch, ending):
        monkeypatch.setattr(service.families, "revoke_all", away)
        ending(service)
        assert service.login_states([asked]) == [ENDED]


def test_a_ping_is_answered_with_the_problems(service):
    assert service.ping()["problems"] is service.problems.return_value
