"""Registering and logging in by HTTP and on a connection, and authenticating a connection."""

import pytest

from auth.exceptions import InvalidCredentials, InvalidToken
from extensions.clock import timestamp
from gateway.protocol.errors import Unavailable
from tests.unit.gateway.conftest import EXPIRES_AT

PASSWORD = "correct horse"
TOKENS = {
    "access_token": "alice-token", "refresh_token": "r", "token_type": "Bearer",
    "expires_in": 900, "login": "alice",
}
GIVEN = {"login": "ALICE", "password": PASSWORD}


@pytest.fixture(autouse=True)
def known(services):
    services.auth.register.return_value = services.auth.login.return_value = TOKENS


@pytest.fixture
def connection(connect):
    return connect()


@pytest.mark.parametrize("method", ["auth.register", "auth.login"])
class TestRegisterAndLogin:
    def test_tokens_are_answered_by_http(self, call, method):
        assert call(method, **GIVEN) == TOKENS

    def test_connection_becomes_the_players_whom_the_tokens_name(self, call, connection, method):
        assert call(method, connection=connection, **GIVEN) == TOKENS
        assert connection.login == "alice"

    @pytest.mark.parametrize("login", ["alice", "bob"])
    def test_authenticated_connection_is_refused(self, refused, services, connect, method, login):
        connection = connect("bob")
        type_ = refused(method, connection=connection, login=login, password=PASSWORD)
        assert (type_, connection.login) == ("AlreadyAuthenticated", "bob")
        assert not services.auth.register.called and not services.auth.login.called

    def test_failure_leaves_the_connection_anonymous(self, refused, services, connection, method):
        services.accounts.create.side_effect = Unavailable.of("no", service="accounts")
        assert refused(method, connection=connection, **GIVEN) == "Unavailable"
        assert connection.login is None and not connection.identity.lock.locked()

    def test_lock_is_held_while_the_connection_changes(self, call, services, connection, method):
        locked = []
        services.accounts.create.side_effect = lambda *_, **__: locked.append(
            connection.identity.lock.locked()
        )
        call(method, connection=connection, **GIVEN)
        assert locked == [True] and not connection.identity.lock.locked()


@pytest.mark.parametrize("login", ["", "a", "with space", "\ud800", "x" * 1000])
def test_login_of_any_form_can_be_tried(refused, services, login):
    services.auth.login.side_effect = InvalidCredentials("no")
    assert refused("auth.login", login=login, password=PASSWORD) == "InvalidCredentials"


def test_authenticating_answers_whom_the_token_names(call, connection):
    answered = call("auth.authenticate", connection=connection, access_token="alice-token")
    assert answered == {"login": "alice", "expires_at": timestamp(EXPIRES_AT)}
    assert connection.login == "alice"


@pytest.mark.parametrize("error", [InvalidToken("no"), Unavailable.of("no", service="auth")])
def test_failed_authentication_leaves_no_lock(refused, services, connection, error):
    services.auth.authenticate.side_effect = error
    type_ = refused("auth.authenticate", connection=connection, access_token="alice-token")
    assert type_ == type(error).__name__
    assert connection.login is None and not connection.identity.lock.locked()
