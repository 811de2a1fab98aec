"""The dependencies of the auth service: password hasher, signing keys, store of token families."""

from nameko.extensions import DependencyProvider

from auth.passwords import PasswordHasher
from auth.redis_token_families import RedisFamilies
from auth.token_codec import Keys
from auth.token_families import Families, SqlFamilies, Tokens
from extensions.storage.database import Session
from extensions.storage.engines import engine
from extensions.storage.redis_client import RedisClient


class Passwords(DependencyProvider):
    """The process's password hasher."""

    def setup(self) -> None:
        self.hasher = PasswordHasher()

    def get_dependency(self, worker_ctx: object) -> PasswordHasher:
        return self.hasher


class SigningKeys(DependencyProvider):
    """The keys of tokens, from TOKEN_SECRET and the secrets before and after it."""

    def setup(self) -> None:
        settings = self.container.settings
        self.keys = Keys.of(
            settings.token_secret, settings.token_secret_previous, settings.token_secret_next
        )

    def get_dependency(self, worker_ctx: object) -> Keys:
        return self.keys


class FamiliesProvider(DependencyProvider):
    """The store of token families: in Redis with REDIS_URL, else in a database of its own."""

    def setup(self) -> None:
        self.families = self._open()

    def get_dependency(self, worker_ctx: object) -> Families:
        return self.families

    def _open(self) -> Families:
        settings = self.container.settings
        if settings.redis_url:
            return RedisFamilies(
                RedisClient(settings.redis_url, settings.connections), settings.refresh_token_reuse
            )
        bound = engine(settings, self.container.service_name, Tokens)
        return SqlFamilies(
            lambda: Session(bound, close_on_exit=True), settings.refresh_token_reuse
        )
