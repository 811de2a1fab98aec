"""Hashing of passwords by argon2id, off the hub."""

from collections.abc import Callable
from typing import Any

from eventlet import semaphore, tpool
from passlib.context import CryptContext

# OWASP's figures for argon2id: 19 MiB, two passes, one lane.
CONTEXT = CryptContext(
    schemes=["argon2"],
    argon2__type="ID", argon2__memory_cost=19456, argon2__time_cost=2, argon2__parallelism=1,
)
MAX_CONCURRENT_HASHES = 2
MAX_HASHED_CHARACTERS = 129  # one more than a password may have
NUL = "\0"  # which argon2 does not hash


class PasswordHasher:
    """Hashes and checks passwords in native threads, a few at a time."""

    def __init__(self, execute: Callable[..., Any] = tpool.execute):
        # Each native thread that hashes keeps memory of its own: no more of them than run at once.
        tpool.set_num_threads(MAX_CONCURRENT_HASHES)
        self._execute = execute
        self._slots = semaphore.Semaphore(MAX_CONCURRENT_HASHES)
        self._decoy = CONTEXT.hash("nobody's password")  # also loads the backend

    def hash(self, password: str) -> str:
        """Return a salted hash of the password."""
        with self._slots:
            return str(self._execute(CONTEXT.hash, password))

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password is right; without a hash it is not, after the same time."""
        with self._slots:
            right = self._execute(CONTEXT.verify, _hashable(password), password_hash or self._decoy)
        return bool(right) and bool(password_hash)


def _hashable(password: str) -> str:
    # What could never have been registered is checked all the same, so that it takes as long.
    try:
        password.encode()
    except UnicodeEncodeError:
        return "?"
    return password[:MAX_HASHED_CHARACTERS].replace(NUL, "?") or "?"
