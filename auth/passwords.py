"""Hashing of passwords by argon2id, off the hub."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from eventlet import semaphore, tpool
from passlib.context import CryptContext

from auth.exceptions import WeakPassword
from auth.password_strength import is_guessable
from extensions.errors import RateLimited

# OWASP's figures for argon2id: 19 MiB, two passes, one lane.
CONTEXT = CryptContext(
    schemes=["argon2"],
    argon2__type="ID", argon2__memory_cost=19456, argon2__time_cost=2, argon2__parallelism=1,
)
MAX_CONCURRENT_HASHES = 2
MAX_WAITING_HASHES = 32  # these take about a second
RETRY_AFTER_SECONDS = 1.0
MAX_HASHED_CHARACTERS = 129  # one more than a password may have
NUL = "\0"  # which argon2 does not hash


class PasswordHasher:
    """Hashes and checks passwords in native threads, a few at a time.

    A few more wait for their turn; beyond those, every method raises RateLimited at once.
    """

    def __init__(self, execute: Callable[..., Any] = tpool.execute):
        # Each native thread that hashes keeps memory of its own: no more of them than run at once.
        tpool.set_num_threads(MAX_CONCURRENT_HASHES)
        self._execute = execute
        self._slots = semaphore.Semaphore(MAX_CONCURRENT_HASHES)
        self._judging = semaphore.Semaphore()  # is_guessable is not for two threads
        self._decoy = CONTEXT.hash("nobody's password")  # also loads the backend

    def hash(self, password: str, login: str) -> str:
        """Return a salted hash of a player's new password; raise WeakPassword for a common one."""
        with self._turn():
            with self._judging:
                guessable = self._execute(is_guessable, password, login)
            if guessable:
                raise WeakPassword(
                    "The password is a common one, or made of a name: choose one that is harder to "
                    "guess"
                )
            return str(self._execute(CONTEXT.hash, password))

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password is right; without a hash it is not, after the same time."""
        with self._turn():
            right = self._execute(CONTEXT.verify, _hashable(password), password_hash or self._decoy)
        return bool(right) and bool(password_hash)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._slots.balance <= -MAX_WAITING_HASHES:
            raise RateLimited.of(
                "Too many passwords are being checked: try again in a second",
                retry_after=RETRY_AFTER_SECONDS,
            )
        with self._slots:
            yield


def _hashable(password: str) -> str:
    # What could never have been registered is checked all the same, so that it takes as long.
    try:
        password.encode()
    except UnicodeEncodeError:
        return "?"
    return password[:MAX_HASHED_CHARACTERS].replace(NUL, "?") or "?"
