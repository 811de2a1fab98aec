"""How often clients may ask, as far as one gateway process sees. No I/O.

Each limit is a bucket for each key, by the generic cell rate algorithm: what is kept of a key is
one moment, and of no more than a bounded number of keys.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from auth.exceptions import InvalidCredentials
from extensions.errors import RateLimited

MOST_KEYS = 100_000
LONGEST_LOGIN = 20


@dataclass(frozen=True)
class Limit:
    """So many at once, and one more after each `interval`, in seconds."""

    at_once: int
    interval: float


REQUESTS = Limit(at_once=1000, interval=0.005)  # of a connection; by /rpc of a player or an address
REGISTRATIONS = Limit(at_once=100, interval=0.2)  # of an address
WRONG_PASSWORDS = Limit(at_once=20, interval=6.0)  # for a login from an address
# Of a player in a session. Each adds to its history, which is kept and told as a whole.
COMINGS = DRAWS = Limit(at_once=60, interval=5.0)


class Buckets:
    """A bucket for each key, of one limit."""

    def __init__(self, limit: Limit, clock: Callable[[], float] = time.monotonic):
        self._limit = limit
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, key: str) -> float:
        """Count one; where it is one too many it is not counted: the seconds until it is not."""
        now = self._clock()
        full_at = max(self._full_at.get(key, now), now) + self._limit.interval
        wait = full_at - now - self._limit.at_once * self._limit.interval
        if wait > 1e-9:
            return wait
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        self._forget(now)
        return 0.0

    def give_back(self, key: str) -> None:
        """As if nothing had been counted."""
        self._full_at.pop(key, None)

    def uncount(self, key: str) -> None:
        """As if the last one had not been counted."""
        if key in self._full_at:
            self._full_at[key] -= self._limit.interval

    def _forget(self, now: float) -> None:
        # Two for each that comes: so those that are full again never pile up.
        for _ in range(2):
            key, full_at = next(iter(self._full_at.items()))
            if full_at > now and len(self._full_at) <= MOST_KEYS:
                return
            del self._full_at[key]
            if not self._full_at:
                return


class Limits:
    """What is limited for the clients of a gateway; nothing where they are off.

    All raise RateLimited. A key is told to nobody.
    """

    def __init__(self, on: bool = True, clock: Callable[[], float] = time.monotonic):
        self._on = on
        self._requests = Buckets(REQUESTS, clock)
        self._registrations = Buckets(REGISTRATIONS, clock)
        self._passwords = Buckets(WRONG_PASSWORDS, clock)
        self._comings = Buckets(COMINGS, clock)
        self._draws = Buckets(DRAWS, clock)

    def ask(self, whose: str) -> None:
        """Count a request, of a connection, a player or an address."""
        self._take(self._requests, whose, "There are too many requests")

    def register(self, address: str) -> None:
        """Count somebody who registers from an address."""
        self._take(self._registrations, address, "Too many have registered from this address")

    @contextmanager
    def password(self, login: str, address: str) -> Iterator[None]:
        """While a password is checked: wrong ones count, a right one clears the account."""
        key = f"{login[:LONGEST_LOGIN].lower()} {address}"
        self._take(self._passwords, key, "There were too many wrong passwords")
        try:
            yield
        except InvalidCredentials:
            raise
        except Exception:  # it was not checked
            self._passwords.uncount(key)
            raise
        self._passwords.give_back(key)

    def coming(self, whose: str, session_id: str) -> AbstractContextManager[None]:
        """While a player, or a connection without one, connects to a session."""
        return self._done(self._comings, f"{session_id} {whose}", "This session was left too often")

    def draw(self, login: str, session_id: str) -> AbstractContextManager[None]:
        """While a player offers a draw in a session, or declines one."""
        return self._done(self._draws, f"{session_id} {login}", "A draw was proposed too often")

    @contextmanager
    def _done(self, buckets: Buckets, key: str, sentence: str) -> Iterator[None]:
        self._take(buckets, key, sentence)
        try:
            yield
        except Exception:  # nothing has come of it
            buckets.uncount(key)
            raise

    def _take(self, buckets: Buckets, key: str, sentence: str) -> None:
        wait = buckets.take(key) if self._on else 0.0
        if wait:
            raise RateLimited.of(
                f"{sentence}: try again in {wait:.2f} s", retry_after=round(wait + 0.0005, 3)
            )


def is_on(setting: bool | str) -> bool:
    """What RATE_LIMITS says; raises ValueError where it says neither on nor off."""
    if setting in (True, "on"):  # YAML takes both words for truth values
        return True
    if setting in (False, "off"):
        return False
    raise ValueError(f"RATE_LIMITS is on or off, not {setting!r}")


def network(address: str) -> str:
    """What is one client's of an address: all of it, or of IPv6 the half that a site is given."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False))
