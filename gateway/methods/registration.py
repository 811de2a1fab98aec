"""Makes players: a login at the auth service, and an account at the accounts service."""

import time
from contextlib import suppress

import eventlet

from accounts.exceptions import AccountNotFound
from auth.exceptions import InvalidCredentials, LoginTaken
from extensions.clock import MAX_CLOCK_SKEW_SECONDS
from extensions.fault_points import Point, before
from gateway.broker.service_apis import AccountsApi, AuthApi
from gateway.protocol.rate_limits import Limits
from gateway.protocol.results import Tokens

POLL_INTERVAL_SECONDS = 0.25


class Registration:
    """Registers players and logs them in.

    A registration that fails half-way leaves a login without an account. Registering again with the
    same password, or logging in, creates the account.
    """

    def __init__(
        self, auth: AuthApi, accounts: AccountsApi, limits: Limits, rpc_timeout: float
    ) -> None:
        self._auth, self._accounts, self._limits = auth, accounts, limits
        self._rpc_timeout = rpc_timeout

    def register(self, login: str, password: str, address: str) -> Tokens:
        """Register a player; raises LoginTaken, WeakPassword and RateLimited."""
        self._limits.count_registration(address)
        try:
            tokens = self._auth.register(login, password)
        except LoginTaken:
            return self._finish_registration(login, password, address)
        self._create_account(tokens["login"])
        return tokens

    def add_guest(self, login: str | None, address: str) -> Tokens:
        """Make a guest, by default of a login that nobody has; raises LoginTaken and RateLimited.

        One that fails half-way is left to be swept.
        """
        with self._limits.guest(address):
            tokens = self._auth.guest(login)
            self._create_account(tokens["login"], guest=True)
        return tokens

    def claim(self, login: str, password: str, address: str) -> None:
        """Make a guest a registered player.

        One that fails half-way is finished by the same call, or by logging in. Raises
        InvalidCredentials, WeakPassword and RateLimited.
        """
        with self._limits.password_check(login, address):
            self._auth.claim(login, password)
        self._accounts.create(login)

    def log_in(self, login: str, password: str, address: str) -> Tokens:
        """Log a player in; raises InvalidCredentials and RateLimited."""
        tokens = self._get_tokens(login, password, address)
        self._accounts.create(tokens["login"])
        return tokens

    @before(Point.LOGIN_TAKEN)
    def _create_account(self, login: str, guest: bool = False) -> None:
        try:
            self._accounts.create(login, guest=guest)
        except Exception:  # whatever it was: the login must not stay taken without an account
            # Only until the client is told can nobody have begun to use the login.
            until = time.time() + self._rpc_timeout - MAX_CLOCK_SKEW_SECONDS
            with suppress(Exception):  # otherwise it is finished by its password
                self._auth.undo_register(login, until)
            raise

    def _finish_registration(self, login: str, password: str, address: str) -> Tokens:
        """Create the account of a login that has none, if the password is that of the login."""
        with suppress(InvalidCredentials):
            if not self._has_account(login):
                tokens = self._get_tokens(login, password, address)
                if not self._is_being_registered(tokens["login"]):
                    self._accounts.create(tokens["login"])
                    return tokens
        raise LoginTaken.of(f"The login {login} is taken", login=login)

    def _is_being_registered(self, login: str) -> bool:
        """Tell whether the account appears within the time that a registration may take."""
        deadline = time.monotonic() + self._rpc_timeout
        while time.monotonic() < deadline:
            if self._has_account(login):
                return True
            eventlet.sleep(POLL_INTERVAL_SECONDS)
        return False

    def _has_account(self, login: str) -> bool:
        try:
            self._accounts.get(login)
        except AccountNotFound:
            return False
        return True

    def _get_tokens(self, login: str, password: str, address: str) -> Tokens:
        with self._limits.password_check(login, address):
            return self._auth.login(login, password)
