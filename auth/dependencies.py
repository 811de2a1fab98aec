"""What the auth service is given: a password hasher off the hub, the signing keys, and the store of
the logins that are still good.
"""

from eventlet import semaphore, tpool
from nameko.exceptions import ConfigurationError
from nameko.extensions import DependencyProvider
from passlib.context import CryptContext

from auth.families import Families, SqlFamilies, Tokens
from auth.redis_families import RedisFamilies
from auth.tokens import BadSecret, Keys
from extensions.storage.database import Session, engine
from extensions.storage.redis_client import RedisClient

# OWASP's figures for argon2id: 19 MiB, two passes, one lane.
CONTEXT = CryptContext(
    schemes=["argon2"],
    argon2__type="ID", argon2__memory_cost=19456, argon2__time_cost=2, argon2__parallelism=1,
)
AT_ONCE = 2
UNHASHABLE = "\0"


class PasswordHasher:
    """Hashes and checks passwords in native threads, only so many of them at once."""

    def __init__(self, execute=tpool.execute):
        # Each native thread that hashes keeps memory of its own: no more of them than run at once.
        tpool.set_num_threads(AT_ONCE)
        self._execute = execute
        self._slots = semaphore.Semaphore(AT_ONCE)
        self._decoy = CONTEXT.hash("nobody's password")  # also loads the backend

    def hash(self, password: str) -> str:
        with self._slots:
            return self._execute(CONTEXT.hash, password)

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is right; without a hash, no, in the same time."""
        with self._slots:
            right = self._execute(CONTEXT.verify, _hashable(password), password_hash or self._decoy)
        return right and bool(password_hash)


def _hashable(password: str) -> str:
    # What could never have been registered is checked all the same, so that it takes as long.
    try:
        password.encode()
    except UnicodeEncodeError:
        return "?"
    return password[:129].replace(UNHASHABLE, "?") or "?"


class Passwords(DependencyProvider):
    def setup(self):
        self.hasher = PasswordHasher()

    def get_dependency(self, worker_ctx):
        return self.hasher


class SigningKeys(DependencyProvider):
    """The keys of tokens, from TOKEN_SECRET and TOKEN_SECRET_PREVIOUS. Without one, no start."""

    def setup(self):
        config = self.container.config
        try:
            self.keys = Keys.of(
                str(config.get("TOKEN_SECRET") or ""),
                str(config.get("TOKEN_SECRET_PREVIOUS") or ""),
            )
        except BadSecret as error:
            raise ConfigurationError(str(error)) from None

    def get_dependency(self, worker_ctx):
        return self.keys


class FamiliesProvider(DependencyProvider):
    """The store of families: in Redis where REDIS_URL is set, else in a database of its own."""

    def setup(self):
        self.families = self._open(self.container.config)

    def get_dependency(self, worker_ctx):
        return self.families

    def _open(self, config) -> Families:
        if config.get("REDIS_URL"):
            connections = int(config["max_workers"]) + 2
            return RedisFamilies(RedisClient(config["REDIS_URL"], connections))
        bound = engine(config, self.container.service_name, Tokens)
        return SqlFamilies(lambda: Session(bound, close_on_exit=True))
