"""Rate limits: by which key each is counted, when it refuses, and how many keys are kept."""

import json

import pytest

from accounts.exceptions import AccountNotFound
from auth.exceptions import InvalidCredentials, LoginTaken
from extensions.errors import RateLimited
from gateway.protocol import rate_limits as module
from gateway.protocol.errors import Unavailable
from gateway.protocol.rate_limits import Buckets, Limit, Limits
from rooms.exceptions import RoomFull, RoomNotFound, TooManyRooms
from tests.unit.fakes import SettableClock

LIMIT = Limit(burst=3, interval_seconds=10.0)
TOKENS = {
    "access_token": "a", "refresh_token": "r", "token_type": "Bearer", "expires_in": 900,
    "login": "alice",
}


@pytest.fixture
def clock():
    return SettableClock(0.0)


@pytest.fixture
def buckets(clock):
    return Buckets(LIMIT, clock)


class TestBuckets:
    def test_burst_is_followed_by_one_for_each_interval(self, buckets, clock):
        assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 10]
        clock.advance(9)
        assert buckets.take("a") == 1
        clock.advance(1)
        assert [buckets.take("a") for _ in range(2)] == [0, 10]

    def test_refused_attempt_is_not_counted(self, buckets, clock):
        for _ in range(100):
            buckets.take("a")
        clock.advance(10)
        assert buckets.take("a") == 0

    def test_idle_key_regains_its_burst_and_no_more(self, buckets, clock):
        for _ in range(3):
            buckets.take("a")
        clock.advance(1000)
        assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 10]

    def test_keys_are_counted_separately(self, buckets):
        for _ in range(4):
            buckets.take("a")
        assert buckets.take("b") == 0

    def test_full_bucket_is_forgotten(self, buckets, clock):
        for number in range(100):
            buckets.take(f"key {number}")
            clock.advance(1)
        assert len(buckets) <= 10

    def test_number_of_keys_is_bounded(self, buckets, monkeypatch):
        monkeypatch.setattr(module, "MAX_KEYS", 20)
        for number in range(100):
            buckets.take(f"key {number}")
        assert len(buckets) == 20

    def test_reset_restores_the_whole_burst(self, buckets):
        for _ in range(3):
            buckets.take("a")
        buckets.reset("a")
        assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 10]

    def test_undo_restores_one(self, buckets):
        for _ in range(3):
            buckets.take("a")
        buckets.undo("a")
        buckets.undo("b")
        assert [buckets.take("a") for _ in range(2)] == [0, 10]


class TestLimits:
    @pytest.fixture
    def limited(self, clock):
        return Limits(clock=clock)

    def guess(self, limited, error=InvalidCredentials, login="alice", address="10.0.0.1"):
        with pytest.raises(error):
            with limited.password_check(login, address):
                raise error("no")

    def test_refusal_says_when_to_try_again(self, limited, clock):
        for _ in range(module.REQUEST_LIMIT.burst):
            limited.count_request("connection")
        with pytest.raises(RateLimited) as refusal:
            limited.count_request("connection")
        wait = refusal.value.details["retry_after"]
        assert 0 < wait <= 0.02
        clock.advance(wait)
        limited.count_request("connection")

    def test_guests_of_an_address_are_bounded(self, limited, clock):
        def make(address):
            with limited.guest(address):
                pass

        for _ in range(module.GUESTS.burst):
            make("10.0.0.1")
        with pytest.raises(RateLimited):
            make("10.0.0.1")
        make("10.0.0.2")
        clock.advance(module.GUESTS.interval_seconds)
        make("10.0.0.1")

    def test_wrong_passwords_count_by_login_and_address(self, limited):
        for _ in range(module.WRONG_PASSWORDS.burst):
            self.guess(limited)
        for login in ("alice", "ALICE"):
            with pytest.raises(RateLimited):
                with limited.password_check(login, "10.0.0.1"):
                    raise AssertionError("no password is checked any more")
        with limited.password_check("alice", "10.0.0.2"), limited.password_check("bob", "10.0.0.1"):
            pass

    def test_refused_login_uses_up_nothing_of_its_address(self, limited):
        for _ in range(module.WRONG_PASSWORDS.burst):
            self.guess(limited)
        for _ in range(module.PASSWORD_CHECKS_BURST):
            with pytest.raises(RateLimited), limited.password_check("alice", "10.0.0.1"):
                raise AssertionError("no password is checked any more")
        with limited.password_check("bob", "10.0.0.1"):
            pass

    def test_refused_address_uses_up_nothing_of_its_login(self, limited, clock):
        for _ in range(module.PASSWORD_CHECKS_BURST):
            limited.count_password("10.0.0.1")
        for _ in range(module.WRONG_PASSWORDS.burst):
            with pytest.raises(RateLimited), limited.password_check("alice", "10.0.0.1"):
                raise AssertionError("no password is checked any more")
        clock.advance(1)
        self.guess(limited)

    def test_right_password_resets_the_count(self, limited, clock):
        for _ in range(5 * module.WRONG_PASSWORDS.burst):
            clock.advance(1)
            with limited.password_check("alice", "10.0.0.1"):
                pass
            self.guess(limited)

    def test_failed_password_check_is_not_counted(self, limited):
        for _ in range(5 * module.WRONG_PASSWORDS.burst):
            self.guess(limited, error=RuntimeError)

    def test_failed_password_check_does_not_reset_the_count(
        self, limited
    ):
        for _ in range(module.WRONG_PASSWORDS.burst - 1):
            self.guess(limited)
        for _ in range(100):
            with pytest.raises(Unavailable), limited.password_check("alice", "10.0.0.1"):
                raise Unavailable("away")
        self.guess(limited)
        with pytest.raises(RateLimited):
            self.guess(limited)

    def test_concurrent_password_checks_are_counted(self, limited):
        def guess(left):
            with limited.password_check("alice", "10.0.0.1"):
                if left:
                    guess(left - 1)

        guess(module.WRONG_PASSWORDS.burst - 1)
        with pytest.raises(RateLimited):
            guess(module.WRONG_PASSWORDS.burst)

    def test_an_address_that_guesses_for_ever_new_logins_is_refused(self, limited, clock):
        def guess(login, address="10.0.0.1", error=InvalidCredentials):
            with limited.password_check(login, address):
                raise error("wrong")

        for number in range(module.PASSWORD_CHECKS_BURST):
            with pytest.raises(InvalidCredentials):
                guess(f"login-{number}")
        with pytest.raises(RateLimited) as refusal:
            guess("another login")
        assert refusal.value.details["retry_after"] == pytest.approx(0.5, abs=0.001)
        with pytest.raises(InvalidCredentials):
            guess("another login", "10.0.0.2")
        clock.advance(0.5)
        with pytest.raises(InvalidCredentials):
            guess("another login")

    def test_keys_of_no_room_are_counted_and_no_others(self, limited):
        def check(error=None):
            with limited.key_check("10.0.0.1"):
                if error:
                    raise error

        for _ in range(module.WRONG_KEYS.burst):
            check()
            with pytest.raises(RoomFull):
                check(RoomFull("full"))
            with pytest.raises(RoomNotFound):
                check(RoomNotFound("none"))
        with pytest.raises(RateLimited):
            check()
        with limited.key_check("10.0.0.2"):
            pass

    def test_flood_of_registrations_from_an_address_is_refused(self, limited):
        for _ in range(module.REGISTRATIONS.burst):
            limited.count_registration("10.0.0.1")
        with pytest.raises(RateLimited):
            limited.count_registration("10.0.0.1")
        limited.count_registration("10.0.0.2")

    def test_registrations_count_as_passwords_of_their_address(self, limited):
        for _ in range(module.PASSWORD_CHECKS_BURST):
            limited.count_registration("10.0.0.1")
        with pytest.raises(RateLimited, match="passwords"):
            limited.count_password("10.0.0.1")

    def test_passwords_leave_no_registration_to_their_address(self, limited):
        for _ in range(module.PASSWORD_CHECKS_BURST):
            limited.count_password("10.0.0.1")
        with pytest.raises(RateLimited, match="passwords"):
            limited.count_registration("10.0.0.1")

    @pytest.mark.parametrize("about", ["connecting", "a draw"])
    def test_history_events_count_by_player_and_session(self, limited, clock, about):
        def connect(whose, session_id, error):
            with limited.session_connect(whose, session_id):
                if error is not None:
                    raise error

        def command(whose, session_id, error):
            undo = limited.count_offer(whose, session_id)
            if error is not None:
                undo()
                raise error

        def do(whose="alice", session_id="s1", error=None):
            (connect if about == "connecting" else command)(whose, session_id, error)

        limit = module.SESSION_CONNECTS if about == "connecting" else module.OFFER_LIMIT
        for _ in range(limit.burst):
            do()
        with pytest.raises(RateLimited) as refusal:
            do()
        for number in range(100):
            do(session_id=f"another {number}")
        do(whose="bob")
        clock.advance(refusal.value.details["retry_after"])
        for _ in range(1000):
            with pytest.raises(Unavailable):
                do(error=Unavailable("away"))
        do()

    def test_disabled_limits_refuse_nothing(self, clock):
        off = Limits(enabled=False, clock=clock)
        for _ in range(1000):
            off.count_request("connection")
            off.count_registration("10.0.0.1")
            self.guess(off)


class TestMethods:
    """Which methods are counted, and by which key."""

    @pytest.fixture
    def limits(self, monkeypatch):
        for name in (
            "REQUEST_LIMIT", "REGISTRATIONS", "WRONG_PASSWORDS", "SESSION_CONNECTS",
            "OFFER_LIMIT", "GAMES",
        ):
            monkeypatch.setattr(module, name, Limit(burst=2, interval_seconds=1000.0))
        return Limits()

    @pytest.fixture
    def uncounted_requests(self, limits, monkeypatch):
        monkeypatch.setattr(limits, "count_request", lambda client: None)

    @pytest.fixture
    def ask(self, answer):
        """Sends server.info: the `data.type` of the refusal, if any."""
        message = '{"jsonrpc": "2.0", "id": 1, "method": "server.info"}'
        return lambda *args, **kwargs: answer(message, *args, **kwargs).refusal

    def test_http_requests_count_by_player_or_address(self, ask):
        for token in ("alice-token", "bob-token", None):
            assert [ask(token) for _ in range(3)] == [None, None, "RateLimited"]
        assert ask(address="10.0.0.2") is None

    def test_token_that_is_no_good_counts_by_address(self, ask, services):
        answers = [ask("nonsense", address="10.0.0.7") for _ in range(3)]
        assert answers == ["InvalidToken", "InvalidToken", "RateLimited"]
        assert services.auth.authenticate.call_count == 2

    def test_token_that_was_not_checked_counts_for_nobody(self, ask, services):
        services.auth.authenticate.side_effect = Unavailable("no")
        answers = [ask("alice-token", address="10.0.0.7") for _ in range(3)]
        assert answers == ["Unavailable"] * 3

    def test_each_connection_is_counted_separately(self, ask, connect):
        for _ in range(2):
            connection = connect("alice")
            answers = [ask(connection=connection) for _ in range(3)]
            assert answers == [None, None, "RateLimited"]

    @pytest.mark.usefixtures("uncounted_requests")
    def test_games_that_are_begun_count_by_player(self, services, answer):
        def begin(login, method, **params):
            message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            return answer(json.dumps(message), f"{login}-token").refusal

        services.rooms.create.return_value = services.private_rooms.create.return_value = {}
        assert begin("alice", "rooms.create") is None
        services.rooms.create.side_effect = TooManyRooms.of("no", limit=5)
        assert begin("alice", "rooms.create") == "TooManyRooms"
        assert begin("alice", "private_rooms.create") is None
        services.rooms.create.side_effect = None
        for method in ("rooms.create", "private_rooms.create", "searcher.start"):
            assert begin("alice", method) == "RateLimited"
        assert begin("alice", "sessions.rematch", session_id="0" * 24) == "RateLimited"
        assert begin("bob", "rooms.create") is None

    @pytest.mark.usefixtures("uncounted_requests")
    def test_registrations_count_by_address(self, services, call, refused):
        services.auth.register.return_value = TOKENS
        for _ in range(2):
            call("auth.register", login="alice", password="correct horse")
        assert refused("auth.register", login="alice", password="correct horse") == "RateLimited"
        assert services.auth.register.call_count == 2

    @pytest.mark.usefixtures("uncounted_requests")
    def test_registering_again_counts_wrong_passwords(
        self, limits, services, refused, monkeypatch
    ):
        monkeypatch.setattr(limits, "count_registration", lambda address: None)
        services.auth.register.side_effect = LoginTaken.of("no", login="alice")
        services.accounts.get.side_effect = AccountNotFound.of("no", login="alice")
        services.auth.login.side_effect = InvalidCredentials("no")
        given = {"login": "alice", "password": "a wrong one"}
        answers = [refused("auth.register", **given) for _ in range(3)]
        assert answers == ["LoginTaken", "LoginTaken", "RateLimited"]
        assert services.auth.login.call_count == 2
        assert refused("auth.login", **given) == "RateLimited"

    @pytest.fixture
    def in_session(self, uncounted_requests, answer, services, collaborators):
        """Calls a method on a connection: the `data.type` of the refusal, if any."""
        services.sessions.connect.return_value = {}
        collaborators["commands"].submit.side_effect = lambda command, on_answer: on_answer({})

        def in_session(method, connection, session_id="0" * 24, **params):
            params["session_id"] = session_id
            message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            return answer(json.dumps(message), connection=connection).refusal

        return in_session

    def test_session_connects_count_by_player_and_session(self, in_session, connect):
        told = [in_session("sessions.connect", connect("alice")) for _ in range(3)]
        assert told == [None, None, "RateLimited"]
        assert in_session("sessions.connect", connect("alice"), session_id="1" * 24) is None

    def test_session_connects_of_spectators_count_by_connection(self, in_session, connect):
        nobody = connect()
        told = [in_session("sessions.connect", nobody) for _ in range(3)]
        assert told == [None, None, "RateLimited"]
        assert in_session("sessions.connect", connect()) is None

    @pytest.mark.parametrize(("command", "then"), [
        ("offer_draw", "RateLimited"), ("decline_draw", "RateLimited"),
        ("move", None), ([], None), (None, None),
    ])
    def test_only_commands_about_draws_are_counted(self, in_session, connect, command, then):
        given = {"command": {"type": command}, "command_id": "x"}
        alice = connect("alice")
        told = [in_session("sessions.execute", alice, **given) for _ in range(3)]
        assert told == [None, None, then]
        assert in_session("sessions.execute", alice, session_id="1" * 24, **given) is None

    @pytest.mark.parametrize(("method", "caller", "asked", "params"), [
        ("auth.login", None, "login", {"login": "alice", "password": "wrong"}),
        ("auth.change_password", "alice", "change_password",
         {"password": "wrong", "new_password": "correct horse"}),
        ("accounts.delete", "alice", "verify_password", {"password": "wrong"}),
    ])
    @pytest.mark.usefixtures("uncounted_requests")
    def test_every_method_with_a_password_counts_wrong_ones(
        self, services, refused, method, caller, asked, params
    ):
        check = getattr(services.auth, asked)
        check.side_effect = InvalidCredentials("no")
        answers = [refused(method, caller, **params) for _ in range(3)]
        assert answers == ["InvalidCredentials", "InvalidCredentials", "RateLimited"]
        assert check.call_count == 2
