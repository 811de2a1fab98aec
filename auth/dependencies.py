"""The dependencies of the auth service: password hasher, signing keys, store of token families."""

from nameko.exceptions import ConfigurationError
from nameko.extensions import DependencyProvider

from auth.families import Families, SqlFamilies, Tokens
from auth.passwords import PasswordHasher
from auth.redis_families import RedisFamilies
from auth.tokens import BadSecret, Keys
from extensions.storage.database import Session, engine
from extensions.storage.redis_client import RedisClient


class Passwords(DependencyProvider):
    """The process's password hasher."""

    def setup(self) -> None:
        self.hasher = PasswordHasher()

    def get_dependency(self, worker_ctx: object) -> PasswordHasher:
        return self.hasher


class SigningKeys(DependencyProvider):
    """The keys of tokens, from TOKEN_SECRET and TOKEN_SECRET_PREVIOUS. Without one, no start."""

    def setup(self) -> None:
        config = self.container.config
        try:
            self.keys = Keys.of(
                str(config.get("TOKEN_SECRET") or ""),
                str(config.get("TOKEN_SECRET_PREVIOUS") or ""),
            )
        except BadSecret as error:
            raise ConfigurationError(str(error)) from None

    def get_dependency(self, worker_ctx: object) -> Keys:
        return self.keys


class FamiliesProvider(DependencyProvider):
    """The store of token families: in Redis with REDIS_URL, else in a database of its own."""

    def setup(self) -> None:
        self.families = self._open()

    def get_dependency(self, worker_ctx: object) -> Families:
        return self.families

    def _open(self) -> Families:
        config = self.container.config
        if config.get("REDIS_URL"):
            connections = int(config["max_workers"]) + 2
            return RedisFamilies(RedisClient(config["REDIS_URL"], connections))
        bound = engine(config, self.container.service_name, Tokens)
        return SqlFamilies(lambda: Session(bound, close_on_exit=True))
