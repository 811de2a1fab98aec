"""Rate limits of one gateway process. No I/O.

Each limit has a bucket for each key, by the generic cell rate algorithm: a bucket is one moment,
and the number of buckets is bounded.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

from auth.exceptions import InvalidCredentials, InvalidToken
from extensions.errors import RateLimited
from rooms.exceptions import RoomNotFound

MAX_KEYS = 100_000
MAX_LOGIN_LENGTH = 20


@dataclass(frozen=True)
class Limit:
    """Allows `burst` at once, and one more after each `interval_seconds`."""

    burst: int
    interval_seconds: float


# A connection; by /rpc a player or an address.
REQUEST_LIMIT = Limit(burst=1000, interval_seconds=0.005)
REGISTRATIONS = Limit(burst=100, interval_seconds=0.2)  # an address
GUESTS = Limit(burst=60, interval_seconds=10.0)  # an address; each takes a name for good
WRONG_PASSWORDS = Limit(burst=20, interval_seconds=6.0)  # a login from an address
PASSWORD_CHECKS_BURST = 100  # an address, of passwords for whatever login, right ones too
WRONG_KEYS = Limit(burst=20, interval_seconds=6.0)  # an address, of private rooms
CHALLENGES = Limit(burst=20, interval_seconds=6.0)  # a player
ADDRESS_CHALLENGES = Limit(burst=100, interval_seconds=1.0)  # an address, of all its guests too
CONTACTS = Limit(burst=200, interval_seconds=1.0)  # an address, of all its guests too
GAMES = Limit(burst=100, interval_seconds=3.0)  # a player; what comes of them is kept for long
# A player in a session. Each adds an event to the session's history.
SESSION_CONNECTS = OFFER_LIMIT = Limit(burst=60, interval_seconds=5.0)


class Buckets:
    """The buckets of one limit, by their keys."""

    def __init__(self, limit: Limit, clock: Callable[[], float] = time.monotonic):
        self._limit = limit
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, key: str) -> float:
        """Count one, and return 0; or count nothing, and return the seconds until one may come."""
        now = self._clock()
        full_at = max(self._full_at.get(key, now), now) + self._limit.interval_seconds
        wait = full_at - now - self._limit.burst * self._limit.interval_seconds
        if wait > 1e-9:
            return wait
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        self._evict(now)
        return 0.0

    def undo(self, key: str) -> None:
        """Take back the count of the last one."""
        if key in self._full_at:
            self._full_at[key] -= self._limit.interval_seconds

    def reset(self, key: str) -> None:
        """Take back all that has been counted."""
        self._full_at.pop(key, None)

    def _evict(self, now: float) -> None:
        # Two for each key that is added, so that buckets which are full again cannot pile up.
        for _ in range(2):
            key, full_at = next(iter(self._full_at.items()))
            if full_at > now and len(self._full_at) <= MAX_KEYS:
                return
            del self._full_at[key]  # never the last one, which has just been added


class Limits:
    """The rate limits for a gateway's clients. Every method raises RateLimited.

    No error names the key by which it was counted.
    """

    def __init__(
        self, enabled: bool = True, password_checks: float = 120.0,
        clock: Callable[[], float] = time.monotonic,
    ):
        """Take how many passwords an address may have checked a minute, after a burst."""
        self._enabled = enabled
        checks = Limit(PASSWORD_CHECKS_BURST, 60.0 / password_checks)
        self._password_checks = Buckets(checks, clock)
        self._requests = Buckets(REQUEST_LIMIT, clock)
        self._registrations = Buckets(REGISTRATIONS, clock)
        self._guests = Buckets(GUESTS, clock)
        self._wrong_passwords = Buckets(WRONG_PASSWORDS, clock)
        self._wrong_keys = Buckets(WRONG_KEYS, clock)
        self._challenges = Buckets(CHALLENGES, clock)
        self._address_challenges = Buckets(ADDRESS_CHALLENGES, clock)
        self._contacts = Buckets(CONTACTS, clock)
        self._games = Buckets(GAMES, clock)
        self._session_connects = Buckets(SESSION_CONNECTS, clock)
        self._offers = Buckets(OFFER_LIMIT, clock)

    def count_request(self, client: str) -> None:
        """Count a request of a connection, a player or an address."""
        self._take(self._requests, client, "Too many requests")

    def count_registration(self, address: str) -> None:
        """Count a registration from an address, and its password, which is hashed."""
        reason = "Too many registrations from this address"
        with self._counted_if_done(self._registrations, address, reason):
            self.count_password(address)

    def guest(self, address: str) -> AbstractContextManager[None]:
        """Count a guest who is made from an address."""
        return self._counted_if_done(self._guests, address, "Too many guests from this address")

    def count_password(self, address: str) -> None:
        """Count a password from an address, whatever is done with it."""
        self._take(self._password_checks, address, "Too many passwords from this address")

    def token_check(self, address: str) -> AbstractContextManager[None]:
        """Count an invalid token as a request of its address."""
        return self._counted_if_raised(InvalidToken, self._requests, address, "Too many requests")

    @contextmanager
    def password_check(self, login: str, address: str) -> Iterator[None]:
        """Count a password for its address, and a wrong one for its login.

        A right one resets the count of its login.
        """
        key = f"{login[:MAX_LOGIN_LENGTH].lower()} {address}"
        with self._counted_if_done(self._wrong_passwords, key, "Too many wrong passwords"):
            self.count_password(address)
        try:
            yield
        except InvalidCredentials:
            raise
        except Exception:  # the password was not checked
            self._password_checks.undo(address)
            self._wrong_passwords.undo(key)
            raise
        self._wrong_passwords.reset(key)

    def key_check(self, address: str) -> AbstractContextManager[None]:
        """Count a key of no private room for its address."""
        reason = "Too many keys of no room from this address"
        return self._counted_if_raised(RoomNotFound, self._wrong_keys, address, reason)

    @contextmanager
    def challenge(self, login: str, address: str) -> Iterator[None]:
        """Count a challenge of a player for the player and the address."""
        from_address = "Too many challenges from this address"
        with (
            self._counted_if_done(self._challenges, login, "Too many challenges"),
            self._counted_if_done(self._address_challenges, address, from_address),
        ):
            yield

    def contact(self, address: str) -> AbstractContextManager[None]:
        """Count a player who is followed or blocked from an address."""
        reason = "Too many players followed or blocked from this address"
        return self._counted_if_done(self._contacts, address, reason)

    def game(self, login: str) -> AbstractContextManager[None]:
        """Count a room, a search or a rematch of a player."""
        return self._counted_if_done(self._games, login, "Too many games")

    def session_connect(self, client: str, session_id: str) -> AbstractContextManager[None]:
        """Count the connecting of a player, or of a spectator's connection, to a session."""
        return self._counted_if_done(
            self._session_connects, f"{session_id} {client}",
            "Too many calls to connect to this session",
        )

    def count_offer(self, login: str, session_id: str) -> Callable[[], None]:
        """Count an offer of a player, or its refusal; returns what takes the count back."""
        key = f"{session_id} {login}"
        self._take(self._offers, key, "Too many offers in this session")
        return partial(self._offers.undo, key)

    @contextmanager
    def _counted_if_done(self, buckets: Buckets, key: str, reason: str) -> Iterator[None]:
        self._take(buckets, key, reason)
        try:
            yield
        except Exception:  # whatever it was: it was not done
            buckets.undo(key)
            raise

    @contextmanager
    def _counted_if_raised(
        self, error: type[Exception], buckets: Buckets, key: str, reason: str
    ) -> Iterator[None]:
        """Count what raises this error; anything else, also another error, takes the count back."""
        self._take(buckets, key, reason)
        try:
            yield
        except error:
            raise
        except Exception:  # what it says is not that the client was wrong
            buckets.undo(key)
            raise
        buckets.undo(key)

    def _take(self, buckets: Buckets, key: str, reason: str) -> None:
        wait = buckets.take(key) if self._enabled else 0.0
        if wait:
            raise RateLimited.of(
                f"{reason}: try again in {wait:.2f} s", retry_after=round(wait + 0.0005, 3)
            )
