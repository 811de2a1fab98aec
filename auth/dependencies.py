"""The dependencies of the auth service: password hasher, signing keys, store of token families."""

from functools import partial

from nameko.extensions import DependencyProvider

from auth.passwords import PasswordHasher
from auth.redis_token_families import PREFIX, RedisFamilies
from auth.token_codec import Keys
from auth.token_families import Families, SqlFamilies, Tokens
from extensions.storage.database import Session, database_probe
from extensions.storage.engines import engine
from extensions.storage.redis_client import RedisClient
from extensions.storage.write_probe import WriteProbe


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
        self.families, self.probe = self._open()

    def start(self) -> None:
        self.probe.start()

    def stop(self) -> None:
        self.probe.stop()

    def get_dependency(self, worker_ctx: object) -> Families:
        return self.families

    def _open(self) -> tuple[Families, WriteProbe]:
        settings = self.container.settings
        if settings.redis_url:
            client = RedisClient(settings.redis_url, settings.connections)
            write = partial(client.write, f"{PREFIX}probe")
            probe = WriteProbe(self.container, "token_storage", write)
            return RedisFamilies(client, settings.refresh_token_reuse), probe
        bound = engine(settings, self.container.service_name, Tokens)
        probe = database_probe(self.container, "token_storage", bound)
        families = SqlFamilies(
            lambda: Session(bound, close_on_exit=True), settings.refresh_token_reuse
        )
        return families, probe
