"""What tests of the auth service share: passwords, a hasher that only writes down, outages."""

from auth import token_codec
from auth.models import CredentialsRow
from extensions.errors import StorageAway
from extensions.settings import Settings

SETTINGS = Settings(refresh_token_ttl=86_400)
KEYS = token_codec.Keys.of("a secret of the tests, and long enough")
PASSWORD, OTHER_PASSWORD = "correct horse", "battery staple"
REVOKED = "auth.revoked"


class CountingPasswords:
    """Hashes by writing down, with a salt as the real one, and counts what it is asked.

    Each time that it is asked, the last of `meanwhile` is done first.
    """

    def __init__(self):
        self.hashed = []
        self.verified = []
        self.meanwhile = []

    def hash(self, password, login):
        self.hashed.append(password)
        hashed = f"{len(self.hashed)}:{password}"
        self._yield()
        return hashed

    def verify(self, password, password_hash):
        self.verified.append(password_hash)
        self._yield()
        return password_hash is not None and password_hash.partition(":")[2] == password

    def _yield(self):
        # The real one takes a while, in which others are served.
        if self.meanwhile:
            self.meanwhile.pop()()


def remove(service, login):
    """Remove a login from the database, as an operator may."""
    with service.db.get_session() as session:
        session.delete(session.get(CredentialsRow, login))


def away(*_):
    raise StorageAway("Redis is away")
