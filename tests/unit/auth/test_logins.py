"""Logins: taken, given back and ended; passwords checked and changed."""

import pytest

from auth import storage
from auth.exceptions import InvalidCredentials, InvalidToken, LoginTaken
from auth.models import CredentialsRow
from tests.unit.auth.support import OTHER_PASSWORD, PASSWORD, REVOKED, away


class TestRegister:
    def test_answers_tokens_that_are_good_at_once(self, service, alice, clock):
        assert set(alice) == {
            "access_token", "refresh_token", "token_type", "expires_in", "login"
        }
        assert (alice["token_type"], alice["expires_in"], alice["login"]) == (
            "Bearer", 900, "Alice"
        )
        identity = service.authenticate(alice["access_token"])
        assert (identity["login"], identity["expires_at"]) == ("Alice", clock() + 900)

    def test_stores_the_hash_and_not_the_password(self, service, alice):
        with service.db.get_session() as session:
            stored = session.get(CredentialsRow, "Alice")
        assert stored.password_hash == f"1:{PASSWORD}"
        assert set(CredentialsRow.__table__.columns.keys()) == {
            "login", "password_hash", "token_fingerprint", "guest_seen_at"
        }
        assert (stored.token_fingerprint, stored.guest_seen_at) == (None, None)

    @pytest.mark.parametrize("login", ["Alice", "alice", "ALICE"])
    def test_a_login_is_taken_whatever_the_case(self, service, alice, refused, login):
        with refused(LoginTaken) as caught:
            service.register(login, OTHER_PASSWORD)
        assert caught.value.details == {"login": login}

    def test_one_of_two_concurrent_players_gets_the_login(self, service, alice, monkeypatch):
        monkeypatch.setattr(storage, "find", lambda *_: None)  # both have looked
        with pytest.raises(LoginTaken):
            service.register("alice", OTHER_PASSWORD)
        monkeypatch.undo()
        assert service.login("Alice", PASSWORD)

    def test_an_undone_registration_frees_the_login(self, service, alice, clock):
        service.undo_register("Alice", clock() + 1)
        assert service.register("alice", OTHER_PASSWORD)["login"] == "alice"

    def test_a_registration_is_not_undone_after_its_time(self, service, alice, clock):
        service.undo_register("Alice", clock() - 1)
        assert service.login("Alice", PASSWORD)

    def test_undoing_what_was_not_done_is_all_right(self, service, clock):
        service.undo_register("nobody", clock() + 1)


class TestVerifyPassword:
    def test_accepts_the_right_password_alone(self, service, alice, refused):
        service.verify_password("Alice", PASSWORD)
        with refused(InvalidCredentials):
            service.verify_password("Alice", OTHER_PASSWORD)


class TestChangePassword:
    def test_revokes_every_token_and_tells_the_player(self, service, alice, outbox):
        again = service.login("Alice", PASSWORD)
        service.change_password("Alice", PASSWORD, OTHER_PASSWORD)
        assert outbox.heard == [(REVOKED, ("Alice",))]
        for each in (alice, again):
            with pytest.raises(InvalidToken):
                service.authenticate(each["access_token"])

    def test_the_new_password_is_right_and_the_old_one_wrong(self, service, alice):
        service.change_password("Alice", PASSWORD, OTHER_PASSWORD)
        assert service.authenticate(service.login("Alice", OTHER_PASSWORD)["access_token"])
        with pytest.raises(InvalidCredentials):
            service.login("Alice", PASSWORD)

    def test_a_change_to_the_same_password_revokes_tokens_as_well(self, service, alice):
        service.change_password("Alice", PASSWORD, PASSWORD)
        with pytest.raises(InvalidToken):
            service.authenticate(alice["access_token"])

    def test_a_wrong_password_changes_nothing(self, service, alice, refused):
        with refused(InvalidCredentials):
            service.change_password("Alice", OTHER_PASSWORD, "a third password")
        assert service.authenticate(alice["access_token"])
        assert service.login("Alice", PASSWORD)

    def test_brings_no_login_back_that_ends_meanwhile(self, service, alice, passwords):
        passwords.meanwhile = [lambda: service.unregister("Alice", PASSWORD), lambda: None]
        with pytest.raises(InvalidCredentials):
            service.change_password("Alice", PASSWORD, OTHER_PASSWORD)
        for password in (PASSWORD, OTHER_PASSWORD):
            with pytest.raises(InvalidCredentials):
                service.login("Alice", password)

    def test_one_of_two_concurrent_changes_is_refused(self, service, alice, passwords):
        passwords.meanwhile = [
            lambda: service.change_password("Alice", PASSWORD, OTHER_PASSWORD), lambda: None
        ]
        with pytest.raises(InvalidCredentials):
            service.change_password("Alice", PASSWORD, "a third password")
        assert service.login("Alice", OTHER_PASSWORD)

    def test_holds_where_the_store_of_families_is_away(self, service, alice, outbox, monkeypatch):
        monkeypatch.setattr(service.families, "revoke_all", away)
        service.change_password("Alice", PASSWORD, OTHER_PASSWORD)
        assert outbox.heard == [(REVOKED, ("Alice",))]
        with pytest.raises(InvalidToken):
            service.authenticate(alice["access_token"])

    def test_a_change_served_again_does_nothing(self, service, alice, outbox):
        fingerprint = service.authenticate(alice["access_token"])["fingerprint"]
        change = ("Alice", PASSWORD, OTHER_PASSWORD, fingerprint)
        service.change_password(*change)
        since = service.login("Alice", OTHER_PASSWORD)
        service.change_password(*change)
        assert len(outbox.heard) == 1
        assert service.authenticate(since["access_token"])

    def test_a_change_served_twice_at_once_is_done_once(self, service, alice, outbox, passwords):
        fingerprint = service.authenticate(alice["access_token"])["fingerprint"]
        change = ("Alice", PASSWORD, OTHER_PASSWORD, fingerprint)
        passwords.meanwhile = [lambda: service.change_password(*change), lambda: None]
        service.change_password(*change)
        assert len(outbox.heard) == 1

    def test_a_change_after_another_with_the_old_token_is_refused(self, service, alice, refused):
        fingerprint = service.authenticate(alice["access_token"])["fingerprint"]
        service.change_password("Alice", PASSWORD, OTHER_PASSWORD, fingerprint)
        with refused(InvalidCredentials):
            service.change_password("Alice", PASSWORD, "a third password", fingerprint)

    def test_only_one_password_is_tested_for_the_holder_of_a_token(
        self, service, alice, passwords, refused
    ):
        fingerprint = service.authenticate(alice["access_token"])["fingerprint"]
        passwords.verified.clear()
        with refused(InvalidCredentials):
            service.change_password("Alice", "wrong password", PASSWORD, fingerprint)
        assert len(passwords.verified) == 1

    def test_a_change_leaves_other_players_alone(self, service, alice):
        bob = service.register("bob", PASSWORD)
        service.change_password("Alice", PASSWORD, OTHER_PASSWORD)
        assert service.authenticate(bob["access_token"])


class TestUnregister:
    def test_revokes_every_token_and_tells_the_player(self, service, alice, outbox):
        service.unregister("Alice", PASSWORD)
        assert outbox.heard == [(REVOKED, ("Alice",))]
        with pytest.raises(InvalidToken):
            service.authenticate(alice["access_token"])

    def test_a_repeated_or_concurrent_unregister_is_done_once(
        self, service, alice, outbox, passwords
    ):
        passwords.meanwhile = [lambda: service.unregister("Alice", PASSWORD)]
        service.unregister("Alice", PASSWORD)
        service.unregister("Alice", PASSWORD)
        assert outbox.heard == [(REVOKED, ("Alice",))]

    def test_unknown_login_is_refused(self, service, refused):
        with refused(InvalidCredentials):
            service.unregister("nobody", PASSWORD)

    def test_a_password_replaced_meanwhile_is_refused(self, service, alice, passwords):
        passwords.meanwhile = [lambda: service.change_password("Alice", PASSWORD, OTHER_PASSWORD)]
        with pytest.raises(InvalidCredentials):
            service.unregister("Alice", PASSWORD)
        assert service.login("Alice", OTHER_PASSWORD)

    @pytest.mark.parametrize("login", ["Alice", "alice"])
    def test_an_unregistered_login_cannot_be_taken_again(self, service, alice, refused, login):
        service.unregister("Alice", PASSWORD)
        with refused(LoginTaken):
            service.register(login, OTHER_PASSWORD)

    @pytest.mark.parametrize("password", [PASSWORD, ""])
    def test_an_unregistered_login_looks_unknown(
        self, service, alice, passwords, refused, password
    ):
        service.unregister("Alice", PASSWORD)
        passwords.verified.clear()
        with refused(InvalidCredentials) as gone:
            service.login("Alice", password)
        with refused(InvalidCredentials) as unknown:
            service.login("nobody", password)
        assert gone.value.args == unknown.value.args
        assert passwords.verified == [None, None]

    def test_an_unregister_cannot_be_undone_as_a_registration(self, service, alice, refused, clock):
        service.unregister("Alice", PASSWORD)
        service.undo_register("Alice", clock() + 1)
        with refused(LoginTaken):
            service.register("Alice", PASSWORD)

    def test_a_wrong_password_changes_nothing(self, service, alice, refused):
        with refused(InvalidCredentials):
            service.unregister("Alice", OTHER_PASSWORD)
        assert service.authenticate(alice["access_token"])
