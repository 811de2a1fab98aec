"""How often clients may ask: by whom it is counted, what is too often, and what is remembered."""

import json
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from accounts.exceptions import AccountNotFound
from auth.exceptions import InvalidCredentials, LoginTaken
from extensions.errors import RateLimited
from gateway.protocol import dispatch, limits
from gateway.protocol.errors import Unavailable
from gateway.protocol.limits import Buckets, Limit, Limits, network
from tests.unit.fakes import SettableClock

LIMIT = Limit(at_once=3, interval=10.0)


@pytest.fixture
def clock():
    return SettableClock(0.0)


@pytest.fixture
def buckets(clock):
    return Buckets(LIMIT, clock)


class TestBuckets:
    def test_so_many_at_once_and_then_one_for_each_interval(self, buckets, clock):
        assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 10]
        clock.advance(9)
        assert buckets.take("a") == 1
        clock.advance(1)
        assert [buckets.take("a") for _ in range(2)] == [0, 10]

    def test_what_is_refused_does_not_count(self, buckets, clock):
        for _ in range(100):
            buckets.take("a")
        clock.advance(10)
        assert buckets.take("a") == 0

    def test_who_has_not_asked_for_long_has_all_again_and_no_more(self, buckets, clock):
        for _ in range(3):
            buckets.take("a")
        clock.advance(1000)
        assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 10]

    def test_one_key_costs_another_nothing(self, buckets):
        for _ in range(4):
            buckets.take("a")
        assert buckets.take("b") == 0

    def test_a_key_is_forgotten_when_it_has_all_again(self, buckets, clock):
        for number in range(100):
            buckets.take(f"key {number}")
            clock.advance(1)
        assert len(buckets) <= 10

    def test_there_are_never_more_than_so_many_keys(self, buckets, monkeypatch):
        monkeypatch.setattr(limits, "MOST_KEYS", 20)
        for number in range(100):
            buckets.take(f"key {number}")
        assert len(buckets) == 20

    def test_what_is_given_back_was_not_taken(self, buckets):
        for _ in range(3):
            buckets.take("a")
        buckets.give_back("a")
        assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 10]

    def test_what_is_not_counted_after_all_is_one(self, buckets):
        for _ in range(3):
            buckets.take("a")
        buckets.uncount("a")
        buckets.uncount("b")
        assert [buckets.take("a") for _ in range(2)] == [0, 10]


class TestLimits:
    @pytest.fixture
    def limited(self, clock):
        return Limits(clock=clock)

    def guess(self, limited, error=InvalidCredentials, login="alice", address="10.0.0.1"):
        with pytest.raises(error):
            with limited.password(login, address):
                raise error("no")

    def test_who_asks_too_often_is_told_when_to_ask_again(self, limited, clock):
        for _ in range(limits.REQUESTS.at_once):
            limited.ask("connection")
        with pytest.raises(RateLimited) as refusal:
            limited.ask("connection")
        wait = refusal.value.details["retry_after"]
        assert 0 < wait <= 0.02
        clock.advance(wait)
        limited.ask("connection")

    def test_wrong_passwords_count_for_a_login_from_an_address(self, limited):
        for _ in range(limits.WRONG_PASSWORDS.at_once):
            self.guess(limited)
        for login in ("alice", "ALICE"):
            with pytest.raises(RateLimited):
                with limited.password(login, "10.0.0.1"):
                    raise AssertionError("no password is checked any more")
        with limited.password("alice", "10.0.0.2"), limited.password("bob", "10.0.0.1"):
            pass

    def test_a_right_password_clears_the_account(self, limited):
        for _ in range(5 * limits.WRONG_PASSWORDS.at_once):
            with limited.password("alice", "10.0.0.1"):
                pass
            self.guess(limited)

    def test_a_service_that_is_away_counts_against_nobody(self, limited):
        for _ in range(5 * limits.WRONG_PASSWORDS.at_once):
            self.guess(limited, error=RuntimeError)

    def test_a_password_that_could_not_be_checked_counts_for_nothing_and_clears_nothing(
        self, limited
    ):
        for _ in range(limits.WRONG_PASSWORDS.at_once - 1):
            self.guess(limited)
        for _ in range(100):
            with pytest.raises(Unavailable), limited.password("alice", "10.0.0.1"):
                raise Unavailable("away")
        self.guess(limited)
        with pytest.raises(RateLimited):
            self.guess(limited)

    def test_those_who_try_at_once_count_before_they_have_been_answered(self, limited):
        def guess(left):
            with limited.password("alice", "10.0.0.1"):
                if left:
                    guess(left - 1)

        guess(limits.WRONG_PASSWORDS.at_once - 1)
        with pytest.raises(RateLimited):
            guess(limits.WRONG_PASSWORDS.at_once)

    def test_a_whole_class_registers_from_one_address_and_a_flood_does_not(self, limited):
        for _ in range(limits.REGISTRATIONS.at_once):
            limited.register("10.0.0.1")
        with pytest.raises(RateLimited):
            limited.register("10.0.0.1")
        limited.register("10.0.0.2")

    @pytest.mark.parametrize(("what", "limit"), [
        ("coming", limits.COMINGS), ("draw", limits.DRAWS)
    ])
    def test_what_adds_to_a_history_counts_for_a_player_in_a_session(
        self, limited, clock, what, limit
    ):
        def do(whose="alice", session_id="s1", error=None):
            with getattr(limited, what)(whose, session_id):
                if error is not None:
                    raise error

        for _ in range(limit.at_once):
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

    def test_where_they_are_off_nothing_is_limited(self, clock):
        off = Limits(on=False, clock=clock)
        for _ in range(1000):
            off.ask("connection")
            off.register("10.0.0.1")
            self.guess(off)


class TestMethods:
    """What of a gateway is counted, and by whom."""

    @pytest.fixture(autouse=True)
    def limited(self, fake_gateway, monkeypatch):
        for name in ("REQUESTS", "REGISTRATIONS", "WRONG_PASSWORDS", "COMINGS", "DRAWS"):
            monkeypatch.setattr(limits, name, Limit(at_once=2, interval=1000.0))
        fake_gateway.limits = Limits()
        return fake_gateway.limits

    @pytest.fixture
    def ask(self, fake_gateway):
        """Asks what games there are: how that is refused, if it is."""

        def ask(token=None, address="10.0.0.1", connection=None):
            message = '{"jsonrpc": "2.0", "id": 1, "method": "server.info"}'
            return dispatch.answer(fake_gateway, message, connection, token, address)[0].refusal

        return ask

    def test_requests_are_counted_by_player_and_without_one_by_address(self, ask):
        for token in ("alice-token", "bob-token", None):
            assert [ask(token) for _ in range(3)] == [None, None, "RateLimited"]
        assert ask(address="10.0.0.2") is None

    def test_those_of_a_connection_are_counted_by_themselves(self, ask):
        for number in range(2):
            connection = SimpleNamespace(
                id=f"c{number}", address="a", login="alice", family="f", fingerprint="p"
            )
            answers = [ask(connection=connection) for _ in range(3)]
            assert answers == [None, None, "RateLimited"]

    def test_who_registers_is_counted_by_address(self, limited, services, call, refused):
        limited.ask = lambda whose: None
        services.auth.register.return_value = results_of("alice")
        for _ in range(2):
            call("auth.register", login="alice", password="correct horse")
        assert refused("auth.register", login="alice", password="correct horse") == "RateLimited"
        assert services.auth.register.call_count == 2

    def test_who_registers_a_login_that_got_no_account_can_guess_no_more_than_who_logs_in(
        self, limited, services, refused
    ):
        limited.ask = limited.register = lambda whose: None
        services.auth.register.side_effect = LoginTaken.of("no", login="alice")
        services.accounts.get.side_effect = AccountNotFound.of("no", login="alice")
        services.auth.login.side_effect = InvalidCredentials("no")
        given = {"login": "alice", "password": "a wrong one"}
        answers = [refused("auth.register", **given) for _ in range(3)]
        assert answers == ["LoginTaken", "LoginTaken", "RateLimited"]
        assert services.auth.login.call_count == 2
        assert refused("auth.login", **given) == "RateLimited"

    @pytest.fixture
    def in_session(self, limited, fake_gateway):
        """Calls a method about a session on a connection: how that is refused, if it is."""
        limited.ask = lambda whose: None
        fake_gateway.commands = Mock(execute=Mock(return_value={}))

        def in_session(method, session_id="0" * 24, login="alice", connection="c1", **params):
            connection = Mock(id=connection, address="a", login=login, family="f")
            connection.follow.return_value = {}, None
            params["session_id"] = session_id
            message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            return dispatch.answer(fake_gateway, json.dumps(message), connection)[0].refusal

        return in_session

    def test_who_connects_to_one_session_again_and_again_is_counted(self, in_session):
        told = [in_session("sessions.connect", connection=f"c{number}") for number in range(3)]
        assert told == [None, None, "RateLimited"]
        assert in_session("sessions.connect", session_id="1" * 24) is None
        told = [in_session("sessions.connect", login=None) for _ in range(3)]
        assert told == [None, None, "RateLimited"]
        assert in_session("sessions.connect", login=None, connection="c2") is None

    @pytest.mark.parametrize(("command", "then"), [
        ("offer_draw", "RateLimited"), ("decline_draw", "RateLimited"),
        ("move", None), ([], None), (None, None),
    ])
    def test_of_commands_those_about_draws_are_counted(self, in_session, command, then):
        given = {"command": {"type": command}, "command_id": "x"}
        told = [in_session("sessions.execute", **given) for _ in range(3)]
        assert told == [None, None, then]
        assert in_session("sessions.execute", session_id="1" * 24, **given) is None

    @pytest.mark.parametrize(("method", "caller", "asked", "params"), [
        ("auth.login", None, "login", {"login": "alice", "password": "wrong"}),
        ("auth.change_password", "alice", "change_password",
         {"password": "wrong", "new_password": "correct horse"}),
        ("accounts.delete", "alice", "verify_password", {"password": "wrong"}),
    ])
    def test_wrong_passwords_are_counted_wherever_one_is_asked_for(
        self, limited, services, refused, method, caller, asked, params
    ):
        limited.ask = lambda whose: None
        check = getattr(services.auth, asked)
        check.side_effect = InvalidCredentials("no")
        answers = [refused(method, caller, **params) for _ in range(3)]
        assert answers == ["InvalidCredentials", "InvalidCredentials", "RateLimited"]
        assert check.call_count == 2


def results_of(login):
    return {
        "access_token": "a", "refresh_token": "r", "token_type": "Bearer", "expires_in": 900,
        "login": login,
    }


@pytest.mark.parametrize(("setting", "expected"), [
    (True, True), ("on", True), (False, False), ("off", False),
])
def test_they_are_on_or_off(setting, expected):
    assert limits.is_on(setting) is expected


def test_what_is_neither_is_refused():
    with pytest.raises(ValueError, match="RATE_LIMITS is on or off, not 'some'"):
        limits.is_on("some")


@pytest.mark.parametrize(("address", "expected"), [
    ("10.0.0.1", "10.0.0.1"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
    ("no address", "no address"), ("", ""),
])
def test_a_site_counts_as_one_client(address, expected):
    assert network(address) == expected
