"""Whom a connection belongs to: nobody, then one player for its life."""

import time
from contextlib import suppress

import pytest

from auth.exceptions import InvalidToken
from gateway.connection import arrivals as arrivals_module
from gateway.connection import identity as module
from gateway.connection.arrivals import MAX_ARRIVING, Arrival
from gateway.protocol.errors import AlreadyAuthenticated, Unavailable
from tests.unit.gateway.conftest import ENDED, EXPIRES_AT, claims_of, settle, told

AWAY = Unavailable.of("no", service="auth")


@pytest.fixture
def connection(connect):
    return connect()


@pytest.fixture
def full(arrivals, monkeypatch):
    """No place is free for those who arrive, and none to wait for it."""
    monkeypatch.setattr(arrivals_module, "MAX_WAITING", 0)
    while not arrivals._is_full:
        arrivals.enter(Arrival())


@pytest.fixture
def identity(connection):
    return connection.identity


def closed_with(connection):
    settle()
    return [call.args for call in connection.socket.close.call_args_list]


def test_token_makes_the_connection_the_players(identity):
    assert identity.authenticate("alice-token") == claims_of("alice-token")
    assert (identity.login, identity.family, identity.fingerprint) == (
        "alice", "family", "fingerprint"
    )
    identity._on_player.assert_called_once_with("alice")
    assert identity._events._subscriber.queue.keys == {"player.alice"}


def test_another_token_of_the_player_renews_it(identity, services):
    identity.authenticate("alice-token")
    since = identity.authenticated_at
    services.auth.authenticate.side_effect = lambda token: {
        "login": "alice", "expires_at": EXPIRES_AT, "family": "another",
        "fingerprint": "fingerprint", "guest": False,
    }
    identity.authenticate("alice-token")
    assert (identity.family, identity.authenticated_at) == ("another", since)
    assert identity._on_player.call_count == 1


@pytest.mark.parametrize("token", ["alice-token", "nonsense"])
def test_any_other_token_is_refused_afterwards(identity, token):
    identity.authenticate("bob-token")
    with pytest.raises(AlreadyAuthenticated):
        identity.authenticate(token)
    assert identity.login == "bob"


@pytest.mark.parametrize("error", [InvalidToken("no"), AWAY])
def test_token_that_cannot_be_checked_changes_nothing(identity, services, error):
    services.auth.authenticate.side_effect = error
    with pytest.raises(type(error)):
        identity.authenticate("alice-token")
    assert identity.login is None


def test_token_revoked_in_the_meantime_closes_the_connection(connection, identity, services):
    services.auth.login_states.side_effect = lambda _: [ENDED]
    with pytest.raises(InvalidToken):
        identity.authenticate("alice-token")
    assert closed_with(connection) == [(4401, "the access token has been revoked")]


@pytest.mark.parametrize("guest", [True, False])
def test_password_set_before_the_queue_is_bound_is_noticed(identity, services, guest):
    services.auth.authenticate.side_effect = lambda token: claims_of(token) | {"guest": True}
    services.auth.login_states.side_effect = lambda _: [{"ended": False, "guest": guest}]
    identity.authenticate("alice-token")
    assert identity.is_guest is guest


def test_unanswered_second_check_is_made_later(connection, identity, services):
    claims = claims_of("alice-token")
    services.auth.login_states.side_effect = AWAY
    assert identity.authenticate("alice-token") == claims
    assert identity.login == "alice"
    connection.check_login.assert_called_once_with(identity)


def test_nobody_is_asked_where_no_place_is_free(identity, services, full):
    with pytest.raises(Unavailable) as refused:
        identity.authenticate("alice-token")
    assert refused.value.details["retry_after"] > 0
    assert not services.auth.authenticate.called and identity.login is None


def test_players_connection_needs_no_place_to_renew_its_token(identity, arrivals):
    identity.authenticate("alice-token")
    while not arrivals._is_full:
        arrivals.enter(Arrival())
    identity.authenticate("alice-token")


@pytest.mark.parametrize("error", [InvalidToken("no"), AWAY, None])
def test_place_is_given_back(identity, services, arrivals, error):
    services.auth.authenticate.side_effect = error or claims_of
    with suppress(InvalidToken, Unavailable):
        identity.authenticate("alice-token")
    assert arrivals._places.balance == MAX_ARRIVING


@pytest.mark.parametrize(("family", "closes"), [("family", True), (None, True), ("other", False)])
def test_revocation_closes_connections_of_its_family(connection, identity, family, closes):
    identity.authenticate("alice-token")
    identity.revoke(family)
    assert bool(closed_with(connection)) is closes


def test_expiry_is_announced_and_closes_the_connection(
    connection, identity, services, monkeypatch
):
    monkeypatch.setattr(module, "EXPIRY_WARNING_SECONDS", 60.0)
    services.auth.authenticate.side_effect = lambda _: {
        "login": "alice", "expires_at": time.time(), "family": "family",
        "fingerprint": "fingerprint", "guest": False,
    }
    identity.authenticate("alice-token")
    assert [event for event, _ in told(connection)] == ["auth.expiring"]
    assert closed_with(connection) == [(4401, "the access token has expired")]
