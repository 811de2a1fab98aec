"""Registering a player at two services, one of which may fail."""

import pytest

from accounts.exceptions import AccountNotFound
from auth.exceptions import InvalidCredentials, LoginTaken
from gateway.methods import registration as module
from gateway.methods.registration import Registration
from gateway.protocol.errors import Unavailable

PASSWORD = "correct horse"
TOKENS = {
    "access_token": "alice-token", "refresh_token": "r", "token_type": "Bearer",
    "expires_in": 900, "login": "alice",
}
TAKEN = LoginTaken.of("no", login="ALICE")
MISSING = AccountNotFound.of("no", login="ALICE")


@pytest.fixture
def registration(services, limits):
    services.auth.register.return_value = TOKENS
    services.auth.login.return_value = TOKENS
    return Registration(services.auth, services.accounts, limits, rpc_timeout=0.0)


@pytest.fixture
def register(registration):
    return lambda: registration.register("ALICE", PASSWORD, "10.0.0.1")


def test_creates_the_login_and_then_the_account(register, services):
    assert register() == TOKENS
    services.auth.register.assert_called_once_with("ALICE", PASSWORD)
    services.accounts.create.assert_called_once_with("alice", guest=False)


@pytest.mark.parametrize("error", [Unavailable.of("no", service="accounts"), RuntimeError("no")])
@pytest.mark.parametrize("undone", [None, Unavailable.of("no", service="auth")])
def test_a_registration_is_undone_in_time_if_the_account_fails(
    services, limits, monkeypatch, error, undone
):
    monkeypatch.setattr(module.time, "time", lambda: 1000.0)
    services.auth.register.return_value = TOKENS
    services.accounts.create.side_effect = error
    services.auth.undo_register.side_effect = undone
    registration = Registration(services.auth, services.accounts, limits, rpc_timeout=5.0)
    with pytest.raises(type(error)):
        registration.register("ALICE", PASSWORD, "10.0.0.1")
    services.auth.undo_register.assert_called_once_with("alice", 1004.0)


def test_half_done_registration_is_finished_by_the_password(register, services):
    services.auth.register.side_effect = TAKEN
    services.accounts.get.side_effect = MISSING
    assert register() == TOKENS
    services.auth.login.assert_called_once_with("ALICE", PASSWORD)
    services.accounts.create.assert_called_once_with("alice")
    assert not services.auth.undo_register.called


def test_login_whose_account_is_just_being_created_is_taken(services, limits, monkeypatch):
    monkeypatch.setattr(module, "POLL_INTERVAL_SECONDS", 0)
    services.auth.register.side_effect = TAKEN
    services.auth.login.return_value = TOKENS
    services.accounts.get.side_effect = [MISSING, MISSING, MISSING, {}]
    registration = Registration(services.auth, services.accounts, limits, rpc_timeout=60.0)
    with pytest.raises(LoginTaken):
        registration.register("ALICE", PASSWORD, "10.0.0.1")
    assert not services.accounts.create.called


def test_half_done_registration_needs_its_password(register, services):
    services.auth.register.side_effect = TAKEN
    services.accounts.get.side_effect = MISSING
    services.auth.login.side_effect = InvalidCredentials("no")
    with pytest.raises(LoginTaken):
        register()
    assert not services.accounts.create.called


def test_login_with_an_account_is_taken_without_a_password_check(register, services):
    services.auth.register.side_effect = TAKEN
    with pytest.raises(LoginTaken):
        register()
    assert not services.auth.login.called and not services.accounts.create.called


def test_logging_in_creates_a_missing_account(registration, services):
    assert registration.log_in("ALICE", PASSWORD, "10.0.0.1") == TOKENS
    services.accounts.create.assert_called_once_with("alice")
