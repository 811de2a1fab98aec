"""Guests: made under memorable names, claimed by a password, ended when they stay away."""

import random
import re

import pytest

from auth import guest_names
from auth.exceptions import InvalidCredentials, InvalidToken, LoginTaken, WeakPassword
from auth.service import DAY_SECONDS
from extensions import request_id
from tests.unit.auth.support import OTHER_PASSWORD, PASSWORD, REVOKED, SETTINGS, away

KEPT_SECONDS = SETTINGS.guests_kept * DAY_SECONDS


@pytest.fixture
def guest(service):
    """The tokens of a guest."""
    return service.guest("Otter")


@pytest.fixture
def kind(service):
    """Whether the player of an access token is a guest, as both ways to ask tell."""

    def kind(tokens):
        alone = service.authenticate(tokens["access_token"])["guest"]
        [among_many] = service.authenticate_many([tokens["access_token"]])
        assert among_many["result"]["guest"] is alone
        return alone

    return kind


class TestNames:
    def test_words_are_many_and_short_enough_for_the_longest_name(self):
        for words in (guest_names.ADJECTIVES, guest_names.ANIMALS):
            assert len(set(words)) == len(words) >= 64
            assert max(map(len, words)) <= 6
        assert len(guest_names.make_name(max(guest_names.ATTEMPTS), random.Random(1))) <= 20

    def test_server_makes_a_name_to_remember(self, service):
        assert re.fullmatch("[a-z]+-[a-z]+-[0-9]{2}", service.guest()["login"])

    def test_name_that_is_taken_gives_way_to_a_longer_one(self, service, monkeypatch):
        monkeypatch.setattr(
            guest_names, "make_name", lambda digits, lot: f"quick-otter-{'7' * digits}"
        )
        names = [service.guest()["login"] for _ in range(3)]
        assert names == ["quick-otter-77", "quick-otter-7777", "quick-otter-777777"]
        with pytest.raises(LoginTaken):
            service.guest()

    @pytest.mark.parametrize("login", ["otter", "Otter", "ALICE"])
    def test_login_of_anybody_is_taken(self, service, alice, guest, refused, login):
        with refused(LoginTaken) as caught:
            service.guest(login)
        assert caught.value.details == {"login": login}


class TestServedAgain:
    @pytest.mark.parametrize("login", [None, "Otter"])
    def test_request_that_is_served_again_makes_no_other_guest(self, service, login):
        with request_id.scope("c0ffeec0ffeec0ff"):
            one, again = service.guest(login), service.guest(login)
        assert again["login"] == one["login"]
        for tokens in (one, again):
            assert service.authenticate(tokens["access_token"])["guest"]

    def test_other_request_is_given_no_guest_that_there_is(self, service, refused):
        with request_id.scope("c0ffeec0ffeec0ff"):
            made = service.guest()["login"]
        with request_id.scope("decadedecadedeca"), refused(LoginTaken):
            service.guest(made)

    def test_guest_who_has_set_a_password_is_made_no_second_time(self, service, refused):
        with request_id.scope("c0ffeec0ffeec0ff"):
            service.claim(service.guest("Otter")["login"], PASSWORD)
            with refused(LoginTaken):
                service.guest("Otter")


class TestWithoutPassword:
    def test_tokens_are_good_and_tell_a_guest(self, service, alice, guest, kind):
        assert kind(guest) and not kind(alice)
        known = [[each["login"], *_family(service, each)] for each in (alice, guest)]
        assert service.login_states(known) == [
            {"ended": False, "guest": False}, {"ended": False, "guest": True}
        ]

    def test_no_password_is_a_guests(self, service, guest):
        for attempt in ("", "!", PASSWORD):
            with pytest.raises(InvalidCredentials):
                service.login("Otter", attempt)
            with pytest.raises(InvalidCredentials):
                service.unregister("Otter", attempt)
            with pytest.raises(InvalidCredentials):
                service.change_password("Otter", attempt, OTHER_PASSWORD)
        assert service.authenticate(guest["access_token"])

    def test_guest_that_was_not_finished_frees_the_login(self, service, guest, clock):
        service.undo_register("Otter", clock() + 1)
        assert service.register("otter", PASSWORD)


class TestClaim:
    def test_tokens_stay_good_and_the_password_logs_in(self, service, guest, kind, outbox):
        service.claim("Otter", PASSWORD)
        assert outbox.heard == [("auth.claimed", ("Otter",))]
        assert not kind(guest)
        [state] = service.login_states([["Otter", *_family(service, guest)]])
        assert state == {"ended": False, "guest": False}
        assert service.refresh(guest["refresh_token"])
        assert not kind(service.login("otter", PASSWORD))

    def test_asking_again_is_told_no_second_time(self, service, guest, outbox, silent):
        service.claim("Otter", PASSWORD)
        outbox.forget()
        with silent():
            service.claim("Otter", PASSWORD)

    def test_other_password_than_the_one_set_is_refused(self, service, alice, guest, refused):
        service.claim("Otter", PASSWORD)
        for login in ("Otter", "Alice", "nobody"):
            with refused(InvalidCredentials):
                service.claim(login, OTHER_PASSWORD)

    def test_one_of_two_claims_at_once_sets_the_password(self, service, guest, passwords):
        passwords.meanwhile = [lambda: service.claim("Otter", OTHER_PASSWORD)]
        with pytest.raises(InvalidCredentials):
            service.claim("Otter", PASSWORD)
        assert service.login("Otter", OTHER_PASSWORD)

    def test_weak_password_leaves_a_guest(self, service, guest, kind, passwords, monkeypatch):
        monkeypatch.setattr(passwords, "hash", _weak)
        with pytest.raises(WeakPassword):
            service.claim("Otter", "password")
        assert kind(guest)

    def test_next_password_ends_the_tokens_of_the_guest(self, service, guest):
        service.claim("Otter", PASSWORD)
        service.change_password("Otter", PASSWORD, OTHER_PASSWORD)
        for each in (guest, service.login("Otter", OTHER_PASSWORD)):
            ended = service.authenticate_many([each["access_token"]])
            assert ("error" in ended[0]) is (each is guest)


class TestSweep:
    def test_guest_who_stays_away_is_ended_for_good(self, service, guest, clock, outbox):
        clock.advance(KEPT_SECONDS)
        service.sweep()
        assert outbox.heard == []
        clock.advance(1)
        service.sweep()
        assert outbox.heard == [(REVOKED, ("Otter",)), ("auth.guest_deleted", ())]
        assert [each.exchange for each in outbox.sent] == [None, "auth.deleted_guests"]
        with pytest.raises(InvalidToken):
            service.authenticate(guest["access_token"])
        for take in (service.guest, lambda login: service.register(login, PASSWORD)):
            with pytest.raises(LoginTaken):
                take("otter")

    def test_guest_who_renews_tokens_stays(self, service, guest, clock):
        clock.advance(SETTINGS.refresh_token_ttl - 1)
        fresh = service.refresh(guest["refresh_token"])
        for _ in range(round(SETTINGS.guests_kept)):
            clock.advance(SETTINGS.refresh_token_ttl - 1)
            fresh = service.refresh(fresh["refresh_token"])
            service.sweep()
        assert service.authenticate(fresh["access_token"])["guest"]

    def test_player_with_a_password_stays(self, service, alice, guest, clock, outbox):
        service.claim("Otter", PASSWORD)
        outbox.forget()
        clock.advance(2 * KEPT_SECONDS)
        service.sweep()
        assert outbox.heard == []
        assert service.login("Otter", PASSWORD) and service.login("Alice", PASSWORD)

    def test_sweep_ends_guests_while_the_store_of_families_is_away(
        self, service, guest, clock, outbox, monkeypatch
    ):
        clock.advance(KEPT_SECONDS + 1)
        monkeypatch.setattr(service.families, "revoke_all", away)
        service.sweep()
        assert len(outbox.heard) == 2


def _family(service, tokens):
    identity = service.authenticate(tokens["access_token"])
    return identity["family"], identity["fingerprint"]


def _weak(*_):
    raise WeakPassword("no")
