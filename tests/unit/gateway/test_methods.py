"""What the gateway composes out of the services."""

from contextlib import contextmanager
from unittest.mock import Mock
from unittest.mock import call as mock_call

import eventlet
import pytest
from eventlet.semaphore import Semaphore
from nameko.exceptions import RemoteError

from accounts.exceptions import AccountNotFound
from auth.exceptions import InvalidCredentials, InvalidToken, LoginTaken
from gateway.methods import auth
from gateway.protocol import registry
from gateway.protocol.errors import Unavailable
from rooms.exceptions import RoomIsPrivate, RoomNotFound
from searcher.exceptions import SearchNotStarted

TOKENS = {
    "access_token": "alice-token", "refresh_token": "r", "token_type": "Bearer",
    "expires_in": 900, "login": "alice",
}
PASSWORD = "correct horse"
SESSION_ID = "0123456789abcdef01234567"
ACCOUNT = {
    "login": "alice", "display_name": "alice", "bio": "", "created_at": "2023-11-14T22:13:20.000Z",
    "ratings": {
        "dobutsu": {
            "rating": 1600.0, "deviation": 350.0, "games": 0, "wins": 0, "draws": 0, "losses": 0
        }
    },
}
ROOM = {
    "room_id": "r1", "game": "dobutsu", "options": {}, "seats": 2, "players": ["alice"],
    "owner": "alice", "status": "open", "created_at": "2023-11-14T22:13:20.000Z",
    "session_id": None,
}
PRIVATE = {**ROOM, "connection_key": "ARB1TER0"}


class Connection:
    """A socket's connection, which can be bound to a player."""

    def __init__(self, login=None):
        self.id, self.address = "connection", "10.0.0.1"
        self.login = login
        self.family = "family" if login else None
        self.fingerprint = "print" if login else None
        self.expires_at = None
        self.locked = False
        self.identity_lock = self
        self.search_lock = Semaphore()
        self.searched = None
        self.revoked = False

    def acquire(self):
        assert not self.locked
        self.locked = True

    def release(self):
        self.locked = False

    def bind(self, login, expires_at, family, fingerprint):
        assert self.locked, "two could decide at the same moment whose it is"
        self.login, self.expires_at, self.family = login, expires_at, family
        self.fingerprint = fingerprint

    def revoke(self, family):
        self.revoked = family in (None, self.family)

    def search(self, search):
        self.searched = search
        return {"status": "searching"}


@pytest.fixture
def connection():
    return Connection()


@contextmanager
def unlocked(connection):
    yield
    assert not connection.locked


class TestRegister:
    @pytest.fixture(autouse=True)
    def registered(self, services):
        services.auth.register.return_value = TOKENS

    def test_makes_the_login_and_then_the_account(self, call, services):
        assert call("auth.register", login="alice", password=PASSWORD) == TOKENS
        services.auth.register.assert_called_once_with("alice", PASSWORD)
        services.accounts.create.assert_called_once_with("alice")

    def test_on_a_socket_binds_it(self, call, connection):
        with unlocked(connection):
            call("auth.register", connection=connection, login="alice", password=PASSWORD)
        assert (connection.login, connection.expires_at) == ("alice", 1_700_000_900.0)

    @pytest.mark.parametrize(
        ("error", "told"),
        [
            (Unavailable.of("no", service="accounts"), "Unavailable"),
            (RemoteError("OperationalError", "no"), "InternalError"),
        ],
        ids=lambda value: type(value).__name__,
    )
    @pytest.mark.parametrize("undone", [None, Unavailable.of("no", service="auth")])
    def test_is_undone_in_time_where_the_account_cannot_be_made(
        self, refused, services, fake_gateway, connection, error, told, undone, monkeypatch
    ):
        monkeypatch.setattr("gateway.methods.auth.time.time", lambda: 1000.0)
        fake_gateway.rpc_timeout = 5.0
        services.accounts.create.side_effect = error
        services.auth.undo_register.side_effect = undone
        with unlocked(connection):
            type_ = refused(
                "auth.register", connection=connection, login="alice", password=PASSWORD
            )
        assert type_ == told
        assert connection.login is None
        assert services.auth.mock_calls == [
            mock_call.register("alice", PASSWORD), mock_call.undo_register("alice", 1004.0)
        ]

    def test_that_died_half_way_is_finished_by_asking_again(
        self, call, services, connection
    ):
        services.auth.register.side_effect = LoginTaken.of("no", login="ALICE")
        services.accounts.get.side_effect = AccountNotFound.of("no", login="ALICE")
        services.auth.login.return_value = TOKENS
        with unlocked(connection):
            assert call(
                "auth.register", connection=connection, login="ALICE", password=PASSWORD
            ) == TOKENS
        services.auth.login.assert_called_once_with("ALICE", PASSWORD)
        services.accounts.create.assert_called_once_with("alice")
        assert connection.login == "alice"
        assert not services.auth.undo_register.called

    def test_of_a_login_that_just_gets_its_account_is_refused_also_by_its_password(
        self, refused, services, fake_gateway, monkeypatch
    ):
        monkeypatch.setattr(auth, "LOOK_AGAIN", 0)
        fake_gateway.rpc_timeout = 60.0
        missing = AccountNotFound.of("no", login="alice")
        services.auth.register.side_effect = LoginTaken.of("no", login="alice")
        services.accounts.get.side_effect = [missing, missing, missing, ACCOUNT]
        services.auth.login.return_value = TOKENS
        assert refused("auth.register", login="alice", password=PASSWORD) == "LoginTaken"
        assert not services.accounts.create.called

    def test_that_got_no_account_is_nobody_elses_to_finish(self, refused, services):
        services.auth.register.side_effect = LoginTaken.of("no", login="alice")
        services.accounts.get.side_effect = AccountNotFound.of("no", login="alice")
        services.auth.login.side_effect = InvalidCredentials("no")
        assert refused("auth.register", login="alice", password=PASSWORD) == "LoginTaken"
        assert not services.accounts.create.called

    def test_of_a_login_with_an_account_is_refused_and_no_password_is_tried(
        self, refused, services
    ):
        services.auth.register.side_effect = LoginTaken.of("no", login="alice")
        assert refused("auth.register", login="alice", password=PASSWORD) == "LoginTaken"
        assert not services.auth.login.called and not services.accounts.create.called

    @pytest.mark.parametrize("login", ["alice", "bob"])
    def test_a_bound_connection_stays_whose_it_is(self, refused, services, login):
        connection = Connection("alice")
        with unlocked(connection):
            type_ = refused("auth.register", connection=connection, login=login, password=PASSWORD)
        assert type_ == "AlreadyAuthenticated"
        assert not services.auth.register.called


class TestLogin:
    @pytest.fixture(autouse=True)
    def known(self, services):
        services.auth.login.return_value = TOKENS

    def test_makes_up_for_an_account_that_is_missing(self, call, services):
        assert call("auth.login", login="ALICE", password=PASSWORD) == TOKENS
        services.accounts.create.assert_called_once_with("alice")

    def test_on_a_socket_binds_it_as_the_player_is_registered(self, call, connection):
        call("auth.login", connection=connection, login="ALICE", password=PASSWORD)
        assert connection.login == "alice"

    @pytest.mark.parametrize("login", ["alice", "bob"])
    def test_is_refused_on_a_bound_connection(self, refused, services, login):
        connection = Connection("bob")
        type_ = refused("auth.login", connection=connection, login=login, password=PASSWORD)
        assert type_ == "AlreadyAuthenticated"
        assert not services.auth.login.called
        assert connection.login == "bob"

    @pytest.mark.parametrize("login", ["", "a", "with space", "\ud800", "x" * 1000])
    def test_a_login_of_the_wrong_form_is_just_a_wrong_one(self, refused, services, login):
        services.auth.login.side_effect = InvalidCredentials("no")
        assert refused("auth.login", login=login, password=PASSWORD) == "InvalidCredentials"


class TestAuthenticate:
    def test_binds_the_connection_to_who_the_token_names(self, call, connection):
        answer = call("auth.authenticate", connection=connection, access_token="alice-token")
        assert answer == {"login": "alice", "expires_at": "2023-11-14T22:28:20.000Z"}
        assert connection.login == "alice"

    def test_renews_it_for_the_same_player(self, call):
        connection = Connection("alice")
        call("auth.authenticate", connection=connection, access_token="alice-token")
        assert connection.expires_at == 1_700_000_900.0

    def test_a_bad_token_binds_nothing(self, refused, connection):
        with unlocked(connection):
            type_ = refused("auth.authenticate", connection=connection, access_token="nonsense")
        assert (type_, connection.login) == ("InvalidToken", None)

    def test_that_cannot_be_looked_at_again_is_answered_and_looked_at_as_soon_as_it_can_be(
        self, call, services, connection, fake_gateway
    ):
        known = services.auth.authenticate("alice-token")
        services.auth.authenticate.side_effect = [known, Unavailable.of("no", service="auth")]
        answer = call("auth.authenticate", connection=connection, access_token="alice-token")
        assert (answer["login"], connection.login) == ("alice", "alice")
        fake_gateway.catching_up.check_login.assert_called_once_with(connection)

    def test_that_cannot_be_looked_at_at_all_binds_nothing(self, refused, services, connection):
        services.auth.authenticate.side_effect = Unavailable.of("no", service="auth")
        with unlocked(connection):
            type_ = refused("auth.authenticate", connection=connection, access_token="alice-token")
        assert (type_, connection.login) == ("Unavailable", None)

    def test_of_a_login_that_has_ended_meanwhile_closes_the_connection(
        self, refused, services, connection
    ):
        known = services.auth.authenticate("alice-token")
        services.auth.authenticate.side_effect = [known, InvalidToken("no")]
        type_ = refused("auth.authenticate", connection=connection, access_token="alice-token")
        assert (type_, connection.revoked) == ("InvalidToken", True)

    @pytest.mark.parametrize("token", ["alice-token", "nonsense"])
    def test_any_other_token_is_refused_on_a_bound_connection(self, refused, token):
        connection = Connection("bob")
        with unlocked(connection):
            type_ = refused("auth.authenticate", connection=connection, access_token=token)
        assert (type_, connection.login) == ("AlreadyAuthenticated", "bob")


class TestAccounts:
    def test_ones_own_where_no_login_is_given(self, call, services):
        services.accounts.get.return_value = ACCOUNT
        call("accounts.get", "alice")
        services.accounts.get.assert_called_once_with("alice", ["dobutsu"])

    @pytest.mark.parametrize("login", ["bob", ""])
    def test_anothers_where_one_is_given_be_it_of_the_wrong_form(self, refused, services, login):
        services.accounts.get.side_effect = AccountNotFound.of("no", login=login)
        assert refused("accounts.get", "alice", login=login) == "AccountNotFound"
        services.accounts.get.assert_called_once_with(login, ["dobutsu"])

    def test_only_what_is_given_is_changed(self, call, services):
        services.accounts.update.return_value = ACCOUNT
        call("accounts.update", "alice", bio="", display_name=None)
        services.accounts.update.assert_called_once_with("alice", {"bio": ""}, ["dobutsu"])

    @pytest.mark.parametrize(("given", "asked"), [({}, "alice"), ({"login": "bob"}, "bob")])
    def test_the_course_of_a_rating_is_ones_own_where_no_login_is_given(
        self, call, services, given, asked
    ):
        services.accounts.rating_history.return_value = {"items": [], "next": None}
        call("accounts.rating_history", "alice", **given)
        services.accounts.rating_history.assert_called_once_with(
            "alice", asked, "dobutsu", 50, None
        )


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

    def test_undoes_everything_and_then_the_login_and_what_a_login_meanwhile_has_made(
        self, call, steps
    ):
        assert call("accounts.delete", "alice", password=PASSWORD) == {}
        assert steps == self.STEPS

    def test_is_done_once_the_login_has_ended(self, call, services, steps):
        services.accounts.delete.side_effect = [None, Unavailable.of("no", service="accounts")]
        assert call("accounts.delete", "alice", password=PASSWORD) == {}
        assert services.accounts.delete.call_count == 2

    def test_with_a_wrong_password_nothing_is_done(self, refused, services, steps):
        services.auth.verify_password.side_effect = InvalidCredentials("no")
        assert refused("accounts.delete", "alice", password="x") == "InvalidCredentials"
        assert steps == []

    def test_who_does_not_search_is_deleted_all_the_same(self, call, services, steps):
        services.searcher.stop.side_effect = SearchNotStarted("no")
        call("accounts.delete", "alice", password=PASSWORD)
        assert steps == [each for each in self.STEPS if each != ("searcher", "stop")]

    @pytest.mark.parametrize(("service", "method"), STEPS[1:-2])
    def test_what_fails_half_way_leaves_the_password_good_for_another_try(
        self, refused, services, steps, service, method
    ):
        getattr(getattr(services, service), method).side_effect = Unavailable.of("no")
        assert refused("accounts.delete", "alice", password=PASSWORD) == "Unavailable"
        assert ("auth", "unregister") not in steps


class TestPrivateRoomsById:
    """A member may use the id of a private room in place of its key; to others it is not there."""

    @pytest.fixture
    def private(self, services):
        for method in ("get", "leave", "close"):
            getattr(services.rooms, method).side_effect = RoomIsPrivate.of("no", room_id="r1")
        services.private_rooms.get.return_value = PRIVATE

    def test_is_shown_with_its_key(self, call, private):
        assert call("rooms.get", "alice", room_id="r1") == PRIVATE

    @pytest.mark.parametrize("method", ["leave", "close"])
    def test_is_left_and_closed_by_its_key(self, call, services, private, method):
        assert call(f"rooms.{method}", "alice", room_id="r1") == {}
        getattr(services.private_rooms, method).assert_called_once_with("ARB1TER0", "alice")

    @pytest.mark.parametrize("method", ["get", "join", "leave", "close"])
    def test_to_others_it_is_not_found(self, refused, services, method):
        getattr(services.rooms, method).side_effect = RoomNotFound.of("no", room_id="r1")
        assert refused(f"rooms.{method}", "mallory", room_id="r1") == "RoomNotFound"
        assert not services.private_rooms.method_calls


class TestSearch:
    @pytest.fixture(autouse=True)
    def rated(self, services):
        services.accounts.get.return_value = ACCOUNT

    SEARCH = {"game": "dobutsu", "options": {}, "rating": 1600.0, "rating_range": 50}

    def test_is_for_the_rating_that_the_account_has(self, call, services):
        services.searcher.start.return_value = {"status": "searching"}
        call("searcher.start", "alice", rating_range=50)
        services.searcher.start.assert_called_once_with("alice", **self.SEARCH)

    def test_on_a_socket_belongs_to_its_connection(self, call, services):
        connection = Connection("alice")
        assert call("searcher.start", connection=connection, rating_range=50) == {
            "status": "searching"
        }
        assert connection.searched == self.SEARCH
        assert not services.searcher.start.called

    def test_starts_and_stops_of_a_connection_are_served_in_the_order_they_came_in(
        self, call, services
    ):
        connection, served = Connection("alice"), []

        def account(*_):
            for _ in range(5):
                eventlet.sleep(0)  # others are served meanwhile
            return ACCOUNT

        services.accounts.get.side_effect = account
        connection.search = lambda _: served.append("searcher.start") or {"status": "searching"}
        services.searcher.stop.side_effect = lambda _: served.append("searcher.stop")
        came = ["searcher.start", "searcher.stop"] * 3
        serving = [eventlet.spawn(call, method, connection=connection) for method in came]
        for each in serving:
            each.wait()
        assert served == came

    def test_a_start_that_is_refused_keeps_no_stop_waiting(
        self, call, refused, services
    ):
        connection = Connection("alice")
        services.accounts.get.side_effect = AccountNotFound.of("no", login="alice")
        assert refused("searcher.start", connection=connection) == "AccountNotFound"
        assert call("searcher.stop", connection=connection) == {}

    def test_of_whose_account_is_deleted_but_not_the_login_is_refused_as_is_documented(
        self, refused, services
    ):
        services.accounts.get.side_effect = AccountNotFound.of("no", login="alice")
        assert refused("searcher.start", "alice") == "AccountNotFound"
        assert AccountNotFound in registry.METHODS["searcher.start"].errors

    def test_for_an_unknown_game_is_refused_before_anybody_is_asked(self, refused, services):
        assert refused("searcher.start", "alice", game="tafl") == "GameNotFound"
        assert not services.accounts.get.called


def test_the_server_tells_what_it_is(call):
    info = call("server.info")
    assert (info["name"], info["protocol"]) == ("Arbiter", "1.0")
    assert info["games"] == [
        {"name": "dobutsu", "title": "Dobutsu shogi", "min_players": 2, "max_players": 2}
    ]


@pytest.mark.parametrize(
    "method", ["rooms.list", "accounts.leaderboard", "accounts.rating_history"]
)
def test_a_list_of_an_unknown_game_is_refused(refused, method):
    assert refused(method, "alice", game="tafl") == "GameNotFound"


@pytest.mark.parametrize(
    "session_id", ["", "#", "*", f"{SESSION_ID}.#", SESSION_ID[1:], f"{SESSION_ID}\n"]
)
def test_events_are_heard_of_what_can_be_a_session_and_of_nothing_else(refused, session_id):
    connection = Mock(login=None, family=None)
    kind = refused("sessions.connect", connection=connection, session_id=session_id)
    assert kind == "SessionNotFound"
    assert not connection.follow.called


@pytest.mark.parametrize(("given", "asked"), [(None, 0), (3, 3), (10**300, 2**31 - 1)])
def test_history_is_asked_from_a_version_that_a_database_can_compare(
    call, services, given, asked
):
    services.sessions.history.return_value = {"events": []}
    call("sessions.history", "alice", session_id="s1", since=given)
    services.sessions.history.assert_called_once_with("s1", "alice", asked)
