"""Guests: made and claimed at two services, and known as such where they play."""

import pytest

from auth.exceptions import InvalidCredentials, LoginTaken
from gateway.broker.service_event import ServiceEvent
from gateway.protocol.errors import Unavailable
from tests.unit.gateway.conftest import claims_of, told

PASSWORD = "correct horse"
TOKENS = {
    "access_token": "quick-otter-42-token", "refresh_token": "r", "token_type": "Bearer",
    "expires_in": 900, "login": "quick-otter-42",
}
AWAY = Unavailable.of("no", service="accounts")
ROOM = {
    "room_id": "r1", "game": "dobutsu", "options": {}, "seats": 2, "players": ["quick-otter-42"],
    "owner": "quick-otter-42", "status": "open", "created_at": "2023-11-14T22:13:20.000Z",
    "session_id": None,
}
PRIVATE = ROOM | {"connection_key": "k"}
CALLS = [
    ("rooms", "create", {}), ("rooms", "join", {"room_id": "r1"}),
    ("private_rooms", "create", {}), ("private_rooms", "join", {"connection_key": "k"}),
    ("searcher", "start", {}),
]


@pytest.fixture(autouse=True)
def known(services):
    services.auth.guest.return_value = TOKENS
    services.auth.authenticate.side_effect = lambda token: claims_of(token) | {"guest": True}
    services.auth.login_states.side_effect = lambda logins: [
        {"ended": False, "guest": True} for _ in logins
    ]
    services.accounts.get.return_value = {
        "kind": "guest", "ratings": {"dobutsu": {"rating": 1500.0}}
    }
    rooms, private_rooms = services.rooms, services.private_rooms
    rooms.create.return_value = rooms.join.return_value = ROOM
    private_rooms.create.return_value = private_rooms.join.return_value = PRIVATE
    services.searcher.start.return_value = {"status": "searching"}


def is_guest(service, method):
    return getattr(service, method).call_args.kwargs["guest"]


class TestMaking:
    @pytest.mark.parametrize("given", [{}, {"login": "Otter"}])
    def test_connection_becomes_the_guests(self, call, services, connect, given):
        connection = connect()
        assert call("auth.guest", connection=connection, **given) == TOKENS
        services.auth.guest.assert_called_once_with(given.get("login"))
        services.accounts.create.assert_called_once_with("quick-otter-42", guest=True)
        assert (connection.login, connection.identity.is_guest) == ("quick-otter-42", True)

    def test_login_is_given_back_where_the_account_fails(self, refused, services):
        services.accounts.create.side_effect = AWAY
        assert refused("auth.guest") == "Unavailable"
        assert services.auth.undo_register.call_args.args[0] == "quick-otter-42"

    def test_taken_login_is_refused(self, refused, services):
        services.auth.guest.side_effect = LoginTaken.of("no", login="Otter")
        assert refused("auth.guest", login="Otter") == "LoginTaken"
        assert not services.accounts.create.called


class TestClaiming:
    def test_login_has_a_password_and_then_the_account_is_a_players(self, call, services, connect):
        connection = connect("otter")
        assert call("auth.claim", connection=connection, password=PASSWORD) == {}
        services.auth.claim.assert_called_once_with("otter", PASSWORD)
        services.accounts.create.assert_called_once_with("otter")
        assert not connection.identity.is_guest

    def test_half_done_claim_is_finished_by_asking_again(self, call, refused, services):
        services.accounts.create.side_effect = AWAY
        assert refused("auth.claim", "otter", password=PASSWORD) == "Unavailable"
        services.accounts.create.side_effect = None
        assert call("auth.claim", "otter", password=PASSWORD) == {}

    def test_other_password_is_refused_and_counted(self, refused, services):
        services.auth.claim.side_effect = InvalidCredentials("no")
        assert refused("auth.claim", "otter", password=PASSWORD) == "InvalidCredentials"
        assert not services.accounts.create.called

    def test_other_connections_are_told_and_guests_no_more(self, connect):
        connection = connect("otter")
        params = {"login": "otter", "at": "2023-11-14T22:13:20.000Z"}
        connection.on_event(ServiceEvent.from_body({"event": "auth.claimed", "params": params}))
        assert not connection.identity.is_guest
        assert told(connection) == [("auth.claimed", params)]


@pytest.mark.parametrize(("service", "method", "given"), CALLS)
class TestPlaying:
    def test_service_is_told_that_the_player_is_a_guest(
        self, call, services, connect, service, method, given
    ):
        for caller, connection in (("otter", None), (None, connect("otter"))):
            call(f"{service}.{method}", caller, connection=connection, **given)
            assert is_guest(getattr(services, service), method)

    def test_one_who_has_claimed_is_none(self, call, services, connect, service, method, given):
        connection = connect("otter")
        call("auth.claim", connection=connection, password=PASSWORD)
        call(f"{service}.{method}", connection=connection, **given)
        assert not is_guest(getattr(services, service), method)
